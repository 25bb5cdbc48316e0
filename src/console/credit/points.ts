const plain = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 2 });
const signed = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 2, signDisplay: 'exceptZero' });

/** @param hundredths of a point */
export const pointsOf = (hundredths: number): string => plain.format(hundredths / 100);
export const changeOf = (hundredths: number): string => signed.format(hundredths / 100);
