//! The parts of a bare specifier.
//!
//! Text alone; the two loaders split differently, and each has its own function.

use crate::finding::ResolutionError;

/// NAME and SUBPATH of LOAD_PACKAGE_EXPORTS: Node's
/// `/^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/`.
pub(super) fn split_package(x: &str) -> Option<(&str, &str)> {
    let scoped = || {
        let slash = x.find('/')?;
        let scope = x[..slash].strip_prefix('@').filter(|scope| !scope.is_empty() && is_word(scope))?;
        let (name, subpath) = split_unscoped(&x[slash + 1..])?;
        Some((&x[..1 + scope.len() + 1 + name.len()], subpath))
    };
    scoped().or_else(|| split_unscoped(x))
}

/// `[^./\\%][^/\\%]*` and the rest.
fn split_unscoped(x: &str) -> Option<(&str, &str)> {
    let (name, subpath) = x.split_at(x.find('/').unwrap_or(x.len()));
    let valid = !name.is_empty() && !name.starts_with('.') && is_word(name);
    valid.then_some((name, subpath))
}

fn is_word(text: &str) -> bool {
    !text.contains(['\\', '%'])
}

/// packageName and packageSubpath of PACKAGE_RESOLVE, steps 3 to 8.
///
/// # Errors
/// `InvalidModuleSpecifier`.
pub(super) fn package_name(specifier: &str) -> Result<(&str, &str), ResolutionError> {
    let slash = specifier.find('/');
    let end = match (specifier.starts_with('@'), slash) {
        // 5.i. If packageSpecifier does not contain a "/" separator, throw.
        (true, None) => return Err(ResolutionError::InvalidModuleSpecifier),
        // 5.ii. packageName is the substring until the second "/" or the end.
        (true, Some(first)) => specifier[first + 1..].find('/').map(|second| first + 1 + second),
        // 4.i. packageName is the substring until the first "/" or the end.
        (false, first) => first,
    };
    let (name, subpath) = specifier.split_at(end.unwrap_or(specifier.len()));
    // 6. If packageName starts with "." or contains "\" or "%", throw.
    if name.starts_with('.') || !is_word(name) {
        return Err(ResolutionError::InvalidModuleSpecifier);
    }
    Ok((name, subpath))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn require_splits_like_its_regular_expression() {
        assert_eq!(split_package("a"), Some(("a", "")));
        assert_eq!(split_package("a/b/c"), Some(("a", "/b/c")));
        assert_eq!(split_package("@a/b/c"), Some(("@a/b", "/c")));
        assert_eq!(split_package("@a/"), Some(("@a", "/")));
        assert_eq!(split_package("@a"), Some(("@a", "")));
        assert_eq!(split_package("@a/.b"), Some(("@a", "/.b")));
        assert_eq!(split_package("a%/b"), None);
        assert_eq!(split_package(".a"), None);
        assert_eq!(split_package("a/%"), Some(("a", "/%")));
    }

    #[test]
    fn import_refuses_what_is_no_name() {
        assert_eq!(package_name("a/b"), Ok(("a", "/b")));
        assert_eq!(package_name("@a/b/c"), Ok(("@a/b", "/c")));
        for bad in ["@a", ".a", "a%2f", "a\\b", "@a%/b"] {
            assert!(package_name(bad).is_err(), "{bad}");
        }
    }
}
