//! Every reason for which a voucher's own commands say no. Why a scanned QR is refused is `QrRefusal`.

kernel::reject_table! {
    VOUCHER_NOT_LIVE: Conflict, "voucher_not_live",
        "The voucher was used up, refunded or has expired.",
        "Open the list of vouchers again; this one needs no device any more.";
    SIGNING_KEY_INVALID: Invalid, "signing_key_invalid",
        "The public key is no Ed25519 key, or clashes with one that is known.",
        "Make a new key pair and add that.";
    SIGNING_KEY_RETIRED: Conflict, "signing_key_retired",
        "The signing key is retired already.",
        "Nothing needs to be done.";
    SIGNING_KEY_LAST: Conflict, "signing_key_last",
        "It is the only key that signs: without it no voucher could be shown by QR.",
        "Add another signing key first.";
}
