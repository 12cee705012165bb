//! Argon2id, in the form in which a password is stored. Hashing takes tens of milliseconds and
//! megabytes on purpose, so it runs on a few threads of its own and never inside a transaction.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::shell;

/// Hashes at once; each takes [`MEMORY_KIB`].
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash that no password gives, so that an unknown login takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$2QFMsPxrYqH4l2vtZbOEhDaXOpTm2pF8i3c0u5hT2Xk";

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the recommended parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The PHC string of a new password.
pub async fn hash(password: String) -> String {
    let salt = shell::random_bytes::<16>();
    in_background(move || {
        let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
        hash.expect("a password and a salt of 16 bytes can be hashed")
            .to_string()
    })
    .await
}

/// Whether the password gives the hash. Takes as long without one.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    in_background(move || {
        let hash = hash.as_deref();
        let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
        let matches =
            parsed.is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok());
        matches && hash.is_some()
    })
    .await
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _permit = AT_ONCE.acquire().await.expect("the semaphore is never closed");
    tokio::task::spawn_blocking(work)
        .await
        .expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_gives_its_own_hash_alone() {
        let hashed = hash("correct horse".to_owned()).await;
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse".to_owned(), Some(hashed.clone())).await);
        assert!(!verify("wrong horse".to_owned(), Some(hashed)).await);
        assert!(!verify("anything".to_owned(), None).await);
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
