import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take minutes, the longest first. */
const longest = [
  'test/books/sixteen-points-workflow.long.test.ts',
  'test/archive.long.test.ts',
  'test/record/log-mutations.long.test.ts',
];

/** Starts what takes minutes first, so that the end of a run does not wait for one file alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((file) => moduleId.endsWith(file));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
