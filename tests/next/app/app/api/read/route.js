import { read } from '../../../lib/read';
export const dynamic = 'force-dynamic';
export async function GET() { return Response.json({ text: read('app') }); }
