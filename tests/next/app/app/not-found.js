export default function N() { return <p>my not found</p>; }
