import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Entry {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/** npm refuses a lockfile that lacks a package, be it for a machine of another kind: then no fresh clone starts. */
test('the lockfile holds every package that its packages name', () => {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as {
    packages: Record<string, Entry>;
  };
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !places(path).some((place) => `${place}node_modules/${name}` in packages))
      .map((name) => `${path || 'package.json'} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Where Node looks for what a package imports: inside it, then upwards. */
function places(path: string): string[] {
  const parts = path.split('/node_modules/');
  const upwards = parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`);
  return path === '' ? [''] : ['', ...upwards];
}
