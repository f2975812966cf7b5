export default function P() { return <p>old static page</p>; }
