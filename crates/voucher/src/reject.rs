//! Every reason for which a voucher's own commands say no, and for which a scanned QR is refused
//! (`QrRefusal` says which, and tells the person at the counter what to do).

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
    DEVICE_KEY_INVALID: Invalid, "device_key_invalid",
        "The device's key is no public key on P-256.",
        "Send what WebCrypto's exportKey(\"raw\", publicKey) gives, as base64url or hexadecimal.";
    VOUCHER_NOT_BOUND: Conflict, "voucher_not_bound",
        "The voucher is not bound to a device yet, so it has no pass.",
        "Bind this device first.";
    VOUCHER_BOUND_ELSEWHERE: Conflict, "voucher_bound_elsewhere",
        "The voucher has been bound to another device since.",
        "Bind this device again, with a new Idempotency-Key.";
    QR_NOT_A_VOUCHER: Invalid, "qr_not_a_voucher",
        "This is not a voucher's QR.",
        "Ask for the voucher itself.";
    QR_FORMAT_UNKNOWN: Invalid, "qr_format_unknown",
        "The voucher is in a later format than is known here.",
        "Update the program that scans.";
    QR_MALFORMED: Invalid, "qr_malformed",
        "The voucher's QR is damaged or was not read whole.",
        "Turn the screen brighter and scan again.";
    QR_KEY_UNKNOWN: Conflict, "qr_key_unknown",
        "The voucher is signed with a key that is not trusted here.",
        "Fetch the newest keys; if it is still refused, the voucher is forged.";
    QR_FORGED: Invalid, "qr_forged",
        "The voucher is forged or altered: the platform did not sign it.",
        "Do not serve it.";
    QR_OTHER_DEVICE: Invalid, "qr_other_device",
        "The voucher is not shown by the device that it belongs to.",
        "Ask for the holder's own device, or look the 12-digit code up.";
    QR_STALE: Conflict, "qr_stale",
        "The QR was made too long ago: a screenshot, or a frozen screen.",
        "Ask the holder to open the voucher again.";
    QR_FROM_FUTURE: Conflict, "qr_from_future",
        "The QR is for a time that has not come: one of the two clocks is wrong.",
        "Scan again; if it is still refused, connect the scanner and the holder's device.";
    QR_WRONG_STORE: Conflict, "qr_wrong_store",
        "The voucher cannot be used in this store.",
        "Its page lists the stores that take it.";
    QR_STORES_UNKNOWN: Conflict, "qr_stores_unknown",
        "The voucher is for stores that are not known here: another merchant's, or a new offer's.",
        "Fetch the newest offers and scan again.";
    QR_OFFLINE_EXPIRED: Conflict, "qr_offline_expired",
        "The voucher could no longer be redeemed without a network.",
        "Connect the scanner and scan again.";
    QR_CLOCK_NOT_SYNCED: Conflict, "qr_clock_not_synced",
        "The scanner's clock could not be trusted to tell a fresh QR from an old one.",
        "Connect the scanner, so that its clock is right.";
}
