export const revalidate = 1;
export default function P() { return <main>isr page</main>; }
