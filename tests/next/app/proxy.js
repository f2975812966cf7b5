import { NextResponse } from 'next/server';

// Before Next 16 the file is called middleware.js, and so is the function.
export function proxy(request) {
  if (request.nextUrl.pathname === '/rewritten') return NextResponse.rewrite(new URL('/legacy', request.url));
  const headers = new Headers(request.headers);
  headers.set('x-from-middleware', 'from middleware');
  return NextResponse.next({ request: { headers } });
}

export const config = { matcher: ['/((?!_next|hello).*)'] };
