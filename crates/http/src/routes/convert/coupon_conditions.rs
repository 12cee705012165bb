//! What has to be true for a coupon to be used, beside its least price and its merchant.

use convert::decide::{Buyers, Conditions};
use kernel::StoreId;
use party::hours::WeeklyHours;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::Object;
use crate::routes::offer::HoursSpan;

/// By default nothing.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponConditions {
    /// It is used beside coupons of other groups, but only one of its own. Without a group it stands alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    stacking_group: Option<String>,
    /// Code of the category of offers that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    /// The store that redeems the offers that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
    #[serde(default)]
    buyers: CouponBuyers,
    /// When an order may be placed with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CouponHours>)]
    hours: Option<Object<CouponHours>>,
}

/// Whom a coupon is for.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CouponBuyers {
    #[default]
    Everybody,
    /// Who has ordered nothing yet.
    FirstOrder,
    /// Who has ordered nothing yet of this merchant.
    NewCustomer,
}

/// Hours of the week, as clocks show them in a time zone. None overlaps another.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CouponHours {
    /// IANA name, `Asia/Shanghai`.
    time_zone: String,
    #[schema(value_type = Vec<HoursSpan>)]
    spans: Vec<Object<HoursSpan>>,
}

impl From<CouponConditions> for Conditions {
    fn from(wire: CouponConditions) -> Self {
        Self {
            stacking_group: wire.stacking_group,
            category: wire.category,
            store: wire.store,
            buyers: match wire.buyers {
                CouponBuyers::Everybody => Buyers::Everybody,
                CouponBuyers::FirstOrder => Buyers::FirstOrder,
                CouponBuyers::NewCustomer => Buyers::NewCustomer,
            },
            hours: wire.hours.map(|Object(hours)| WeeklyHours {
                time_zone: hours.time_zone,
                spans: hours.spans.into_iter().map(|Object(span)| span.into()).collect(),
            }),
        }
    }
}

impl From<Conditions> for CouponConditions {
    fn from(conditions: Conditions) -> Self {
        Self {
            stacking_group: conditions.stacking_group,
            category: conditions.category,
            store: conditions.store,
            buyers: match conditions.buyers {
                Buyers::Everybody => CouponBuyers::Everybody,
                Buyers::FirstOrder => CouponBuyers::FirstOrder,
                Buyers::NewCustomer => CouponBuyers::NewCustomer,
            },
            hours: conditions.hours.map(|hours| {
                Object(CouponHours {
                    time_zone: hours.time_zone,
                    spans: hours.spans.into_iter().map(|span| Object(span.into())).collect(),
                })
            }),
        }
    }
}
