import Link from 'next/link';
import Image from 'next/image';
import { Counter } from './client';
export default function P() { return <main>home page <Link href="/dyn">dyn</Link><Image src="/pixel.png" alt="" width={64} height={64} /><Counter /></main>; }
