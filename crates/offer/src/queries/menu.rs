//! Menus, and what is sold out.

use std::collections::BTreeSet;

use kernel::{MediaId, MerchantId, Timestamp};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};

use super::{all, first};
use crate::{Menu, SoldOut};

fn menu_query(merchant: MerchantId) -> Query {
    sql!(
        "SELECT sections, version FROM menu WHERE merchant_id = $1",
        merchant
    )
}

fn read_menu(row: &mut Row) -> Result<Menu, StorageError> {
    Ok(Menu {
        sections: row.take_json()?,
        version: row.take()?,
    })
}

/// A merchant's menu; an empty one if it never wrote any.
pub fn menu(read: &mut ReadTx, merchant: MerchantId) -> Result<Menu, Fail> {
    Ok(first(read.many(menu_query(merchant))?, read_menu)?.unwrap_or_default())
}

/// A merchant's menu and what its stores are out of at that moment, in one round trip.
pub fn menu_now(
    read: &mut ReadTx,
    merchant: MerchantId,
    now: Timestamp,
) -> Result<(Menu, Vec<SoldOut>), Fail> {
    let [menus, sold_out] = read.ask([
        menu_query(merchant),
        sql!(
            "SELECT d.dish_id, d.store_id, d.ends_at FROM store s JOIN dish_sold_out d ON d.store_id = s.id
             WHERE s.merchant_id = $1 AND d.ends_at > $2 ORDER BY d.store_id, d.dish_id",
            merchant,
            now
        ),
    ])?;
    let sold_out = all(sold_out, |row| {
        Ok(SoldOut {
            dish: row.take()?,
            store: row.take()?,
            ends_at: row.take()?,
        })
    })?;
    Ok((first(menus, read_menu)?.unwrap_or_default(), sold_out))
}

/// The pictures of a merchant's menu.
pub fn menu_media(read: &mut ReadTx, merchant: MerchantId) -> Result<BTreeSet<MediaId>, Fail> {
    let rows = read.many(sql!(
        "SELECT media_id FROM menu_media WHERE merchant_id = $1",
        merchant
    ))?;
    Ok(all(rows, |row| row.take())?.into_iter().collect())
}
