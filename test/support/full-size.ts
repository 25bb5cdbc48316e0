/** `npm run full-size`: the tests that judge everything there is judge only a part of it in `npm test`, which has ten minutes. */
export const isFullSize = process.env['FUNDWATCH_FULL'] === '1';
