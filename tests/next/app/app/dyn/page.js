import { headers } from 'next/headers';
import semver from 'semver';
export const dynamic = 'force-dynamic';
export default async function P() { const h = await headers(); return <main>dynamic page {semver.major('7.1.0')} {h.get('x-from-middleware')}</main>; }
