//! The reasons for which the HTTP layer itself says no, before any command runs.

use axum::http::StatusCode;
use kernel::RejectKind;

/// The status of a reason that HTTP has a better word for than the class.
pub fn status_of(kind: &RejectKind) -> Option<StatusCode> {
    let is = |other: &RejectKind| kind.code == other.code;
    if is(&BODY_MALFORMED) || is(&QUERY_MALFORMED) || is(&KEY_MISSING) {
        Some(StatusCode::BAD_REQUEST)
    } else if is(&PATH_MALFORMED) {
        Some(StatusCode::NOT_FOUND)
    } else if is(&BODY_TOO_LARGE) {
        Some(StatusCode::PAYLOAD_TOO_LARGE)
    } else if is(&CONTENT_TYPE_WRONG) {
        Some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    } else {
        None
    }
}

kernel::reject_table! {
    BODY_MALFORMED: Invalid, "body_malformed",
        "The request body is not the JSON that this operation takes.",
        "Compare the body with the operation in /openapi.json; unknown fields are refused too.";
    BODY_TOO_LARGE: Invalid, "body_too_large",
        "The request body is larger than this operation takes.",
        "Send less at once.";
    CONTENT_TYPE_WRONG: Invalid, "content_type_wrong",
        "The request body is said to be something else than JSON.",
        "Send JSON as Content-Type application/json.";
    QUERY_MALFORMED: Invalid, "query_malformed",
        "The query string is not what this operation takes.",
        "Compare the parameters with the operation in /openapi.json.";
    PATH_MALFORMED: Invalid, "path_malformed",
        "An id in the path is not of the kind that belongs there.",
        "Use ids as this API gives them, such as ord_01h….";
    KEY_MISSING: Invalid, "idempotency_key_missing",
        "A write needs an Idempotency-Key header of 1 to 255 visible ASCII characters.",
        "Make a new random key for every new request, and repeat it only to repeat the request.";
    WRITES_TOO_MANY: TooMany, "writes_too_many",
        "Too many of these requests came from one address.",
        "Nothing was done. Try again after the time in Retry-After.";
    WEBHOOK_REFUSED: Invalid, "webhook_refused",
        "This delivery is not proven to come from the provider, or cannot be read.",
        "Sign it after the Standard Webhooks specification, with the current time, and say what is so when you are asked.";
    PROVIDER_REFUSED: Conflict, "provider_refused",
        "The payment provider refused.",
        "See the detail; another way to pay may work.";
    NO_SUCH_ROUTE: NotFound, "no_such_route",
        "There is no such page or operation.",
        "See /openapi.json for what there is.";
    CODE_WRONG: Unauthenticated, "code_wrong",
        "The one-time code is wrong, used or too old.",
        "Type it again; after five misses or ten minutes ask for a new one.";
    PASSWORD_INVALID: Invalid, "password_invalid",
        "A password has 8 to 256 characters.",
        "Choose a longer password; a sentence is a good one.";
}
