//! Tokens, and when they are too old.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::{clock, secret::Secret};

/// How long before its end a token is renewed, in seconds.
const RENEW_BEFORE: i64 = 300;

/// A bearer token.
#[derive(Clone, Debug)]
pub struct Token {
    /// What is sent.
    pub value: Secret<String>,
    /// When it ends, in seconds since the epoch.
    pub expires_at: i64,
}

impl Token {
    pub(crate) fn lasting(value: Secret<String>) -> Self {
        Self {
            value,
            expires_at: i64::MAX,
        }
    }

    pub(crate) fn for_seconds(value: Secret<String>, seconds: i64) -> Self {
        Self {
            value,
            expires_at: clock::epoch_seconds().saturating_add(seconds),
        }
    }

    fn is_fresh(&self, now: i64) -> bool {
        self.expires_at.saturating_sub(RENEW_BEFORE) > now
    }
}

/// The tokens of a client by scope. Two callers may renew at once; the later token stays.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    tokens: Mutex<BTreeMap<String, Token>>,
}

impl TokenCache {
    /// The token for `scope`, unless it ends within five minutes of `now`.
    pub(crate) fn fresh(&self, scope: &str, now: i64) -> Option<Secret<String>> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens
            .get(scope)
            .filter(|token| token.is_fresh(now))
            .map(|token| token.value.clone())
    }

    pub(crate) fn keep(&self, scope: &str, token: Token) -> Secret<String> {
        let value = token.value.clone();
        self.tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(scope.to_owned(), token);
        value
    }

    pub(crate) fn forget(&self, scope: &str) {
        self.tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(scope);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_five_minutes_before_its_end() {
        let cache = TokenCache::default();
        let token = Token {
            value: Secret::new("t".to_owned()),
            expires_at: 10_000,
        };
        cache.keep("arm", token);
        for (now, expected) in [(0, true), (9_699, true), (9_700, false), (20_000, false)] {
            assert_eq!(cache.fresh("arm", now).is_some(), expected, "{now}");
        }
        assert!(cache.fresh("vault", 0).is_none());
        cache.forget("arm");
        assert!(cache.fresh("arm", 0).is_none());
    }
}
