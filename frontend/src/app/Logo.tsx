/** A puppet on its strings. */
export function Logo() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M7 5h18M10 5v8M16 5v4M22 5v8" stroke="var(--accent)" strokeWidth="1.7" strokeLinecap="round" />
      <circle cx="16" cy="12.4" r="3.3" fill="currentColor" />
      <path
        d="M10 14v4.6l6-1.4 6 1.4V14M16 17v5.4L12.6 28M16 22.4 19.4 28"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
