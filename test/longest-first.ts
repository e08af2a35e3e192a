import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take minutes, the longest first. */
const longest = [
  'test/books/sixteen-points-workflow.long.test.ts',
  'test/archive.long.test.ts',
  'test/record/log-mutations.long.test.ts',
];

/**
 * Starts what takes minutes first, so that the end of a run does not wait for one file alone. The files of a project follow each
 * other: where they share processes, a file of another project between them ends one.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      const place = longest.findIndex((file) => moduleId.endsWith(file));
      if (place >= 0) return place;
      return project.name === 'temporal' ? longest.length : longest.length + 1;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
