//! Choices, all of them from a context's own random numbers.

use kernel::Ctx;

/// One of several. There is at least one.
pub(crate) fn pick<'i, T>(ctx: &Ctx, items: &'i [T]) -> &'i T {
    &items[ctx.random_below(items.len() as u64) as usize]
}

/// A number from `least` to `most`, both included.
pub(crate) fn between(ctx: &Ctx, least: i64, most: i64) -> i64 {
    least + ctx.random_below((most - least + 1).max(1) as u64) as i64
}

/// `true` in so many of a hundred cases.
pub(crate) fn chance(ctx: &Ctx, percent: u64) -> bool {
    ctx.random_below(100) < percent
}
