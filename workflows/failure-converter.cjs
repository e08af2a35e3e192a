// Puts messages and stacks of failures among what the codec encrypts. Loaded by name, by the SDK outside the workflows' code and by
// the bundler inside it, which both know no TypeScript.
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
