/** The mark: two touching outlines with the bright border between them. */

export function LimnMark({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="8" cy="12" r="6.4" fill="#56b4e9" fillOpacity="0.35" stroke="#56b4e9" strokeWidth="2" />
      <circle cx="16.6" cy="12" r="6" fill="#e69f00" fillOpacity="0.35" stroke="#e69f00" strokeWidth="2" />
      <path d="M12.4 7.4c1 2.6 1 6.6 0 9.2" fill="none" stroke="#fff" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
