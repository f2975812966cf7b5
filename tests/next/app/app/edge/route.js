export const runtime = 'edge';
export async function GET() { return new Response('edge route ' + typeof EdgeRuntime); }
