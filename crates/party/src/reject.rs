//! The reasons for which this crate says no. The first three are what every access check answers, here
//! and in the crates below, so that all of them say the same.

kernel::reject_table! {
    SIGN_IN_REQUIRED: Unauthenticated, "sign_in_required",
        "Nobody is signed in.",
        "Sign in and try again.";
    FORBIDDEN: Forbidden, "forbidden",
        "You may not do this.",
        "Ask somebody whose role allows it, or for a grant of your own.";
    NOT_FOUND: NotFound, "not_found",
        "There is no such thing, or none that you may see.",
        "Check the id and who you are signed in as.";
    TEXT_INVALID: Invalid, "text_invalid",
        "A text is empty, too long or holds characters that it may not.",
        "Correct the field that is named.";
    CONTACT_INVALID: Invalid, "contact_invalid",
        "This is neither a phone number nor a mail address.",
        "Give a phone number with its country code (+8613800138000) or a mail address.";
    CODE_TOO_OFTEN: TooMany, "code_too_often",
        "Too many codes were sent to this address.",
        "Use the last code, or wait as long as the detail says.";
    CODES_EXHAUSTED: TooMany, "codes_exhausted",
        "So many codes were sent to everybody together that no more are sent for now.",
        "Try again in an hour, or sign in with a password.";
    LOGIN_TAKEN: Conflict, "login_taken",
        "This login is already in use.",
        "Sign in with it, or choose another mail address.";
    SIGN_IN_REFUSED: Unauthenticated, "sign_in_refused",
        "The login or the password is wrong, or there were too many tries.",
        "Check both; after ten misses wait 15 minutes.";
    PERSON_HAS_ROLE: Conflict, "person_has_role",
        "Who works for a merchant or the platform cannot be erased.",
        "Have the role revoked first.";
    STAFF_EXISTS: Conflict, "staff_exists",
        "This person already has a role there.",
        "Change the role that they have there.";
    STAFF_LAST_OWNER: Conflict, "staff_last_owner",
        "A merchant keeps at least one owner.",
        "Make somebody else an owner first.";
    STAFF_ELSEWHERE: Conflict, "staff_elsewhere",
        "This person works for somebody else too, with the same password.",
        "They can ask there, or be added here with another mail address.";
    OPERATOR_ONESELF: Conflict, "operator_oneself",
        "Nobody grants or revokes a role of their own.",
        "Ask another administrator.";
    OPERATOR_LAST_ADMIN: Conflict, "operator_last_admin",
        "The platform keeps at least one administrator.",
        "Make somebody else an administrator first.";
    STORE_INVALID: Invalid, "store_invalid",
        "A store's time zone, currency or offline limit is not possible.",
        "Correct the field that is named.";
    STORE_CHANGED: Conflict, "store_changed",
        "Somebody else changed this store in the meantime.",
        "Load the store again and repeat the change.";
    FRANCHISEE_INVALID: Invalid, "franchisee_invalid",
        "This merchant cannot run the store.",
        "Name another merchant that the platform has certified.";
    FRANCHISE_TAKEN: Conflict, "franchise_taken",
        "The store is offered to a franchisee already, or run by one.",
        "End that first.";
    FRANCHISE_NOT_OFFERED: Conflict, "franchise_not_offered",
        "The merchant runs this store already.",
        "Nothing is left to do.";
    DEVICE_REVOKED: Conflict, "device_revoked",
        "This device was revoked.",
        "Register the device again.";
    MEDIA_INVALID: Invalid, "media_invalid",
        "This file is too large or of a kind that is not kept.",
        "Upload a JPEG, PNG or WebP picture of at most 10 MiB.";
    MEDIA_EXISTS: Conflict, "media_exists",
        "This file is already recorded.",
        "Use the id that it was recorded under.";
    MEDIA_TOO_MANY: TooMany, "media_too_many",
        "You have uploaded many pictures today.",
        "Go on tomorrow.";
    CERTIFICATION_INVALID: Invalid, "certification_invalid",
        "The certification has run out or runs too long.",
        "Give the day until which the document is valid.";
    CERTIFICATION_DECIDED: Conflict, "certification_decided",
        "This certification was already decided.",
        "Ask the merchant to submit a new one.";
    CERTIFICATION_NOTE_MISSING: Invalid, "certification_note_missing",
        "A refusal says why.",
        "Give a note that tells the merchant what to correct.";
    MERCHANT_NOT_CERTIFIED: Conflict, "merchant_not_certified",
        "Only a certified merchant may do this.",
        "Submit a certification and wait for its approval.";
    MERCHANT_SUSPENDED: Conflict, "merchant_suspended",
        "The platform suspended this merchant.",
        "Contact the platform's support.";
    MERCHANT_NOT_SUSPENDED: Conflict, "merchant_not_suspended",
        "This merchant is not suspended.",
        "Nothing needs to be done.";
    REASON_MISSING: Invalid, "reason_missing",
        "This needs a reason.",
        "Say why; it goes to the audit log.";
    IMPORT_INVALID: Invalid, "import_invalid",
        "An import takes 1 to 200 rows, each with a source of its own.",
        "Cut the file into chunks and remove what is there twice.";
    IMPORT_RACED: Conflict, "import_raced",
        "Another import brought the same rows at the same time.",
        "Run the import again; what is there already stays as it is.";
}
