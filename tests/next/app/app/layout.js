import '../styles/global.css';
export const metadata = { title: 'T' };
export default function L({ children }) { return <html><body>{children}</body></html>; }
