const jupyterlab = require('@jupyterlab/testing/lib/jest-config')(__dirname);

// Packages that are published as ES modules only; jest reads CommonJS.
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@microsoft/',
  '@rjsf/',
  'exenv-es6',
  'lib0',
  'lodash-es',
  'marked',
  'nanoid',
  'yjs'
].join('|');

module.exports = {
  ...jupyterlab,
  collectCoverageFrom: ['lab-src/**/*.{ts,tsx}'],
  modulePathIgnorePatterns: [
    '<rootDir>/jupyter_mlcode/labextension',
    '<rootDir>/\\.venv'
  ],
  reporters: ['default'],
  roots: ['<rootDir>/lab-src'],
  testPathIgnorePatterns: ['/node_modules/'],
  testRegex: '/__tests__/.*\\.spec\\.tsx?$',
  testTimeout: 60000,
  transform: {
    ...jupyterlab.transform,
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }]
  },
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
