/** The few pictures the console needs, drawn with the text colour. All are decoration: what they mean stands beside them in words. */
import type { ReactNode } from 'react';

const drawn = (content: ReactNode) =>
  function Icon() {
    return (
      <svg
        className="icon"
        viewBox="0 0 24 24"
        width="1em"
        height="1em"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {content}
      </svg>
    );
  };

export const OverviewIcon = drawn(<path d="M4 20V10m5.5 10V4m5.5 16v-7M20 20V8" />);
export const FindingsIcon = drawn(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5M11 8v3.5M11 14v.01" />
  </>,
);
export const ReviewsIcon = drawn(
  <path d="M4 6.5 5.5 8 8.5 5M4 13l1.5 1.5 3-3M4 19.5 5.5 21l3-3M12 7h8M12 13.5h8M12 20h8" />,
);
/** A letter that is answered. */
export const AnswersIcon = drawn(
  <path d="M3.5 6h17v9M3.5 6l8.5 7 8.5-7M3.5 6v12.5H12M21 19h-6m2.5-2.5L15 19l2.5 2.5" />,
);
export const PersonsIcon = drawn(
  <>
    <path d="M3 5.5h18v13H3zM14.5 10.5H18M14.5 14H18" />
    <circle cx="9" cy="10.3" r="1.8" />
    <path d="M6 15.5c0-1.7 1.3-2.6 3-2.6s3 .9 3 2.6" />
  </>,
);
export const QuarantineIcon = drawn(<path d="M4 5h16v4H4zM6 9v10h12V9M10 13h4" />);
export const AuditIcon = drawn(
  <>
    <path d="M10 13.5 14 9.5" />
    <path d="m8 11-2.5 2.5a3.5 3.5 0 0 0 5 5L13 16m3-3 2.5-2.5a3.5 3.5 0 0 0-5-5L11 8" />
  </>,
);
export const RulesIcon = drawn(<path d="M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h5" />);
export const KnowledgeIcon = drawn(<path d="M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14" />);
/** A medal: what was earned, and can be lost. */
export const CreditIcon = drawn(
  <>
    <circle cx="12" cy="9" r="5.5" />
    <path d="m8.5 13.5-2 7.5 5.5-3 5.5 3-2-7.5M9.8 9l1.6 1.6L14.4 7.4" />
  </>,
);
export const CasesIcon = drawn(<path d="M3.5 7.5h6l2 2.5h9V19h-17zM3.5 7.5V5h6M8 14.5h8" />);
export const InspectionsIcon = drawn(
  <>
    <rect x="4" y="4" width="16" height="16" rx="3" />
    <path d="M8.5 8.5v.01M15.5 8.5v.01M12 12v.01M8.5 15.5v.01M15.5 15.5v.01" />
  </>,
);
export const TasksIcon = drawn(
  <path d="M8 4.5h8M6 5.5h-.5v15h13v-15H18M9 3h6v3.5H9zM8.5 12l1.5 1.5 3-3M8.5 17h6" />,
);
export const PublicityIcon = drawn(
  <>
    <path d="M4 10v4h3l7 5V5l-7 5Z" />
    <path d="M17.5 8.5a5 5 0 0 1 0 7M20 6a8.5 8.5 0 0 1 0 12" />
  </>,
);
export const TipsIcon = drawn(
  <>
    <rect x="3.5" y="6" width="17" height="12.5" rx="2" />
    <path d="m4 8 8 6 8-6" />
  </>,
);
export const PeopleIcon = drawn(
  <>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 5a3.5 3.5 0 0 1 0 6.5M18.5 14.6c1.9.9 3 2.8 3 5.4" />
  </>,
);
export const KeyIcon = drawn(
  <>
    <circle cx="8" cy="15.5" r="4" />
    <path d="m11 12.5 8.5-8.5M16 7.5l3 3M13.5 10l2 2" />
  </>,
);
export const PersonIcon = drawn(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20.5c0-4 3.4-6.5 7.5-6.5s7.5 2.5 7.5 6.5" />
  </>,
);
export const MenuIcon = drawn(<path d="M4 7h16M4 12h16M4 17h16" />);
export const BackIcon = drawn(<path d="m14 6-6 6 6 6" />);
export const ForwardIcon = drawn(<path d="m10 6 6 6-6 6" />);
export const DownIcon = drawn(<path d="m6 9 6 6 6-6" />);
export const DownloadIcon = drawn(<path d="M12 4v11m-5-5 5 5 5-5M5 20h14" />);
export const YesIcon = drawn(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const NoIcon = drawn(<path d="m7 7 10 10M17 7 7 17" />);
export const UnknownIcon = drawn(<path d="M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M12 18v.01" />);

/** A shield with a pulse line: the fund, watched. */
export function BrandMark() {
  return (
    <svg
      className="brand-mark"
      viewBox="0 0 32 32"
      width="28"
      height="28"
      aria-hidden="true"
      focusable="false"
    >
      <path className="brand-shield" d="M16 2 4 6.5v8.2c0 7.3 5 12.6 12 15.3 7-2.7 12-8 12-15.3V6.5Z" />
      <path
        className="brand-pulse"
        fill="none"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M9.5 16.5h3.2l2.3-5.5 3.2 9.5 2-4h2.6"
      />
    </svg>
  );
}
