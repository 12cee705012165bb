//! The rules of redemption, pure.
