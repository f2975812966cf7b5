export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { default: semver } = await import('semver');
  globalThis.instrumented = `instrumented ${semver.minor('1.9.0')}`;
}
