import { defineConfig } from 'vitest/config';

/** The long forms: `*.long.test.ts`, one at a time, without a hurry. */
export default defineConfig({
  test: {
    include: ['server/**/*.long.test.ts'],
    globalSetup: ['server/test/kit/global-setup.ts'],
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
});
