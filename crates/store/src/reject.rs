//! The reasons for which the storage layer itself says no.

kernel::reject_table! {
    KEY_REUSED: Conflict, "idempotency_key_reused",
        "This Idempotency-Key was used before with another request.",
        "Send the same body again, or use a new key for a new request.";
}
