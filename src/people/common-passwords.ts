/**
 * Passwords of ten characters and more that lists of leaked ones begin with, here and abroad; shorter ones are refused by their length.
 * Compared in lower case. After NIST SP 800-63B, 5.1.1.2: what is commonly used is refused, what it is made of is not prescribed.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `1234567890 12345678910 123456789a 123456789q 1234567899 0123456789 0987654321 9876543210 1111111111 0000000000
  8888888888 6666666666 9999999999 1122334455 1234512345 123123123123 1231231231 123321123321 12341234123 1212121212
  5201314520 5201314521 1314520520 5211314521 1314521521 woaini1314 woaini1314520 woaini520 woaini5201314 woaini123456
  woaini521 iloveyou123 iloveyou520 iloveyou1314 iloveyou1234 qwertyuiop qwertyuiop1 qwertyuiop123 qwerty12345 qwerty123456
  qwerty1234 qwe123qwe123 qweasdzxc123 1qaz2wsx3edc 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc1 qazwsxedcrfv
  zaq12wsxcde3 zxcvbnm123 zxcvbnm1234 asdfghjkl1 asdfghjkl123 asdfghjkl; asdf123456 asd123456789 a123456789 a1234567890
  aa123456789 abc123456789 abcd123456 abcd1234567 abcde12345 abcdef1234 abcdefghij abc1234567 aaa1111111 aaaaaaaaaa
  password12 password123 password1234 password12345 passw0rd123 p@ssw0rd123 p@ssword123 password!1 password01 mypassword1
  passwordpassword admin12345 admin123456 admin@123456 administrator administrator1 root123456 welcome123 welcome1234 welcome@123
  changeme123 letmein123 test123456 user123456 guest12345 hello12345 computer123 superman123 football123 baseball123
  dragon12345 monkey12345 princess123 sunshine123 michael123 woshishui1 woaiwojia1 zhang123456 wang123456 li123456789
  zhangwei123 wangwei123 china123456 beijing2008 shanghai123 zhongguo123 zhongguo1949 yibao123456 yibaoju123 ybj1234567
  yibao12345 fundwatch123 fundwatch1 hospital123 yiyuan12345`
    .split(/\s+/)
    .filter((one) => one !== ''),
);
