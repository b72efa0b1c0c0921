const path = require('path');

const base = require('@jupyterlab/galata/lib/playwright-config');
const utils = require('@jupyterlab/galata/lib/utils');

// Galata waits 15 s for JupyterLab to start or a file to open, whatever else the machine does.
const { waitForCondition } = utils;
utils.waitForCondition = (condition, timeout = 60000) =>
  waitForCondition(condition, timeout);

const port = Number(process.env.MLCODE_UI_PORT || 8897);
const url = `http://localhost:${port}`;

// Playwright's own downloads are not needed: the system's Chromium does.
const chromium = process.env.MLCODE_CHROMIUM || '/usr/bin/chromium';

// The only folder where the server finds programs: that of an installed wheel, for instance.
const server = process.env.MLCODE_UI_SERVER;

module.exports = {
  ...base,
  // Each test has its own folder on the server, its own kernels and its own browser context.
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  outputDir: path.join(__dirname, 'test-results'),
  reporter: [['list']],
  // A flow that works only at the second try is reported as flaky, by hand as failed.
  retries: process.env.CI ? 1 : 0,
  testDir: path.join(__dirname, 'tests'),
  timeout: 240000,
  // How long things take depends on who else computes; what is asserted does not.
  expect: { timeout: 20000 },
  use: {
    ...base.use,
    actionTimeout: 60000,
    baseURL: url,
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run'
      ]
    },
    screenshot: 'only-on-failure',
    // Recording needs an ffmpeg that only Playwright's own download has.
    video: 'off'
  },
  webServer: {
    // What the server says is long and seldom of use; it is kept beside the tests.
    command:
      'exec jupyter lab --config jupyter_server_test_config.py > server.log 2>&1',
    cwd: __dirname,
    env: {
      ...process.env,
      ...(server ? { PATH: server } : {}),
      MLCODE_UI_PORT: String(port)
    },
    reuseExistingServer: false,
    timeout: 120000,
    url: `${url}/lab`,
    // Time to end its kernels; killed, it would leave them behind.
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10000 }
  }
};
