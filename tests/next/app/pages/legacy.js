import semver from 'semver';
export async function getServerSideProps() { return { props: { v: semver.inc('1.2.3', 'minor') } }; }
export default function Legacy({ v }) { return <div>legacy page {v}<style jsx>{`div { color: green; }`}</style></div>; }
