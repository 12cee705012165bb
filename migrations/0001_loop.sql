-- The tables of the O2O loop, for both engines. Ids are BYTEA (UUIDv7), numbers, booleans, times (µs UTC), amounts
-- (minor units) and coordinates (microdegrees) BIGINT, the rest TEXT. Every table ends in a line that starts with ")".

-- store ----------------------------------------------------------------------------------------------------------------

CREATE TABLE idempotency (
  actor BYTEA NOT NULL,
  key BYTEA NOT NULL,
  request_hash BYTEA NOT NULL,
  response TEXT,
  rejection TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_by_time ON idempotency (at);

CREATE TABLE event (
  part BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  id BYTEA NOT NULL,
  at BIGINT NOT NULL,
  type TEXT NOT NULL,
  v BIGINT NOT NULL,
  subject BYTEA NOT NULL,
  subject_version BIGINT NOT NULL,
  actor BYTEA NOT NULL,
  request BYTEA NOT NULL,
  reason TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (part, seq)
);

CREATE TABLE event_head (
  part BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL
);

-- The last number that a connection took. One row.
CREATE TABLE number_head (
  one BIGINT NOT NULL PRIMARY KEY,
  taken BIGINT NOT NULL
);

-- How far something outside was read, in its own words.
CREATE TABLE bookmark (
  name TEXT NOT NULL PRIMARY KEY,
  place TEXT NOT NULL
);

CREATE TABLE event_cursor (
  consumer TEXT NOT NULL,
  part BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (consumer, part)
);

CREATE TABLE timer (
  kind TEXT NOT NULL,
  subject BYTEA NOT NULL,
  lane_key BYTEA NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX timer_by_due ON timer (due);

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  holder BYTEA NOT NULL,
  fence BIGINT NOT NULL,
  held_until BIGINT NOT NULL
);

-- party ----------------------------------------------------------------------------------------------------------------

CREATE TABLE person (
  id BYTEA NOT NULL PRIMARY KEY,
  locale TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  erased_at BIGINT
);

-- What identifies a person: erased on request, while ids stay.
CREATE TABLE person_contact (
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  person_id BYTEA NOT NULL REFERENCES person (id),
  verified_at BIGINT NOT NULL,
  PRIMARY KEY (kind, address)
);
CREATE INDEX person_contact_by_person ON person_contact (person_id);

CREATE TABLE person_profile (
  person_id BYTEA NOT NULL PRIMARY KEY REFERENCES person (id),
  name TEXT NOT NULL
);

-- The one-time code that was last sent to an address, and how often codes were sent there.
CREATE TABLE one_time_code (
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  code_hash BYTEA NOT NULL,
  tries_left BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  hour_start BIGINT NOT NULL,
  hour_count BIGINT NOT NULL,
  day_start BIGINT NOT NULL,
  day_count BIGINT NOT NULL,
  PRIMARY KEY (kind, address)
);

-- One row: how many codes went to all addresses together.
CREATE TABLE codes_sent (
  id BIGINT NOT NULL PRIMARY KEY,
  hour_start BIGINT NOT NULL,
  hour_count BIGINT NOT NULL,
  day_start BIGINT NOT NULL,
  day_count BIGINT NOT NULL
);

CREATE TABLE password (
  login TEXT NOT NULL PRIMARY KEY,
  person_id BYTEA NOT NULL REFERENCES person (id),
  hash TEXT NOT NULL,
  misses BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);
CREATE INDEX password_by_person ON password (person_id);

CREATE TABLE session (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  id BYTEA NOT NULL,
  person_id BYTEA NOT NULL REFERENCES person (id),
  device TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX session_by_person ON session (person_id, id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- On which browsers and phones people signed in, by a hash of what each keeps: two people of one are told from two friends.
CREATE TABLE person_device (
  person_id BYTEA NOT NULL REFERENCES person (id),
  device_hash BYTEA NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, device_hash)
);

-- Who is a member of which merchant, for free: what prices for members ask.
CREATE TABLE member (
  person_id BYTEA NOT NULL REFERENCES person (id),
  merchant_id BYTEA NOT NULL,
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, merchant_id)
);

CREATE TABLE operator (
  person_id BYTEA NOT NULL PRIMARY KEY REFERENCES person (id),
  role TEXT NOT NULL,
  granted_at BIGINT NOT NULL
);

CREATE TABLE media (
  id BYTEA NOT NULL PRIMARY KEY,
  owner_id BYTEA NOT NULL,
  sha256 BYTEA NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX media_by_owner ON media (owner_id, created_at);

CREATE TABLE merchant (
  id BYTEA NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  logo_id BYTEA,
  status TEXT NOT NULL,
  source TEXT UNIQUE,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX merchant_by_status ON merchant (status, id);

-- A chain's store may be run by another merchant, its franchisee, to which what is used there is settled once it has
-- accepted that.
CREATE TABLE store (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  franchisee_id BYTEA REFERENCES merchant (id),
  franchised_at BIGINT,
  name TEXT NOT NULL,
  category TEXT NOT NULL,
  address TEXT NOT NULL,
  phone TEXT NOT NULL,
  lat BIGINT NOT NULL,
  lon BIGINT NOT NULL,
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  opening_hours TEXT NOT NULL,
  source TEXT UNIQUE,
  offline_max_uses BIGINT NOT NULL,
  offline_max_amount BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX store_by_merchant ON store (merchant_id);
CREATE INDEX store_by_franchisee ON store (franchisee_id, id) WHERE franchisee_id IS NOT NULL;

-- A role at one store, or at all of the merchant's (store_id of 16 zero bytes). Revoking deletes the row.
CREATE TABLE staff (
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  person_id BYTEA NOT NULL REFERENCES person (id),
  store_id BYTEA NOT NULL,
  role TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, person_id, store_id)
);
CREATE INDEX staff_by_person ON staff (person_id);

CREATE TABLE device (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  store_id BYTEA NOT NULL REFERENCES store (id),
  name TEXT NOT NULL,
  registered_by BYTEA NOT NULL,
  registered_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX device_by_store ON device (store_id);

CREATE TABLE certification (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  kind TEXT NOT NULL,
  number TEXT NOT NULL,
  media_id BYTEA NOT NULL REFERENCES media (id),
  status TEXT NOT NULL,
  valid_until BIGINT NOT NULL,
  submitted_at BIGINT NOT NULL,
  decided_by BYTEA,
  decided_at BIGINT,
  note TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX certification_by_merchant ON certification (merchant_id);
CREATE INDEX certification_by_status ON certification (status, id);

-- ledger ---------------------------------------------------------------------------------------------------------------

-- Append-only. `kind` is posted, pending, posts or voids; the reference of one that posts or voids is the pending entry.
CREATE TABLE journal_entry (
  id BYTEA NOT NULL PRIMARY KEY,
  reason TEXT NOT NULL,
  reference BYTEA NOT NULL,
  currency TEXT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX journal_entry_once ON journal_entry (reference, reason);

-- Debits are positive, credits negative. Layer 0 is posted, 1 pending.
CREATE TABLE journal_leg (
  entry_id BYTEA NOT NULL REFERENCES journal_entry (id),
  n BIGINT NOT NULL,
  account TEXT NOT NULL,
  owner_id BYTEA NOT NULL,
  currency TEXT NOT NULL,
  layer BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (entry_id, n)
);
CREATE INDEX journal_leg_by_account ON journal_leg (account, owner_id, currency, layer, entry_id, amount);

-- What the entries that are not in journal_uncarried come to, by account and layer: for all owners together, under the
-- nil id, and for each merchant.
CREATE TABLE account_balance (
  owner_id BYTEA NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  layer BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (owner_id, account, currency, layer)
);

-- Entries that are to be carried forward into account_balance. Short-lived, and so without a reference.
CREATE TABLE journal_uncarried (
  entry_id BYTEA NOT NULL PRIMARY KEY
);

-- A pending entry is resolved at most once.
CREATE TABLE journal_resolution (
  pending_id BYTEA NOT NULL PRIMARY KEY REFERENCES journal_entry (id),
  outcome TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- One voucher use's share in the merchant's statement. `payout_id` is the claim of the payout that pays it.
CREATE TABLE settlement_line (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  store_id BYTEA,
  voucher_id BYTEA NOT NULL,
  order_id BYTEA NOT NULL,
  reference BYTEA NOT NULL,
  kind TEXT NOT NULL,
  currency TEXT NOT NULL,
  price BIGINT NOT NULL,
  discount_platform BIGINT NOT NULL,
  discount_merchant BIGINT NOT NULL,
  due_at_store BIGINT NOT NULL,
  commission BIGINT NOT NULL,
  rebate BIGINT NOT NULL,
  payable BIGINT NOT NULL,
  at BIGINT NOT NULL,
  payout_id BYTEA
);
CREATE UNIQUE INDEX settlement_line_once ON settlement_line (reference, kind);
CREATE INDEX settlement_line_by_payout ON settlement_line (payout_id, merchant_id, id);

CREATE TABLE payout (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  line_count BIGINT NOT NULL,
  closed_until BIGINT NOT NULL,
  status TEXT NOT NULL,
  proposed_by BYTEA NOT NULL,
  proposed_at BIGINT NOT NULL,
  approved_by BYTEA,
  approved_at BIGINT,
  entry_id BYTEA,
  paid_at BIGINT,
  failure TEXT,
  version BIGINT NOT NULL
);
CREATE INDEX payout_by_merchant ON payout (merchant_id, id);
CREATE INDEX payout_by_status ON payout (status, id);

-- A sharer's rebate for one redemption: pending until the refund window closes.
CREATE TABLE rebate (
  id BYTEA NOT NULL PRIMARY KEY,
  redemption_id BYTEA NOT NULL UNIQUE,
  order_id BYTEA NOT NULL,
  sharer_id BYTEA NOT NULL,
  merchant_id BYTEA NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  status TEXT NOT NULL,
  entry_id BYTEA NOT NULL,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX rebate_by_sharer ON rebate (sharer_id, id);

-- What a person may spend of the rebates earned. The guard against spending twice.
CREATE TABLE rebate_balance (
  person_id BYTEA NOT NULL,
  currency TEXT NOT NULL,
  spendable BIGINT NOT NULL CHECK (spendable >= 0),
  PRIMARY KEY (person_id, currency)
);

-- offer ----------------------------------------------------------------------------------------------------------------

-- Everything scarce. The guarded update decides, the check is the backstop.
CREATE TABLE bucket (
  id BYTEA NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  merchant_id BYTEA,
  capacity BIGINT NOT NULL,
  held BIGINT NOT NULL CHECK (held >= 0),
  taken BIGINT NOT NULL CHECK (taken >= 0),
  closed BIGINT NOT NULL,
  CONSTRAINT bucket_never_over CHECK (held + taken <= capacity)
);

-- What one owner (an order, a wallet coupon) claims of a bucket: held, taken, released or returned. Of what is taken, a
-- part may have been returned already.
CREATE TABLE claim (
  owner_id BYTEA NOT NULL,
  bucket_id BYTEA NOT NULL REFERENCES bucket (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  returned BIGINT NOT NULL CHECK (returned >= 0),
  status TEXT NOT NULL,
  CONSTRAINT claim_returned CHECK (returned <= quantity),
  PRIMARY KEY (owner_id, bucket_id)
);

CREATE TABLE agreement (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  status TEXT NOT NULL,
  version BIGINT NOT NULL,
  terms_version BIGINT NOT NULL,
  proposed_by TEXT NOT NULL,
  head_count_bucket BYTEA,
  created_at BIGINT NOT NULL
);
CREATE INDEX agreement_by_merchant ON agreement (merchant_id, id);
CREATE INDEX agreement_by_status ON agreement (status, id);

-- Every version that was ever on the table, as JSON, never changed.
CREATE TABLE agreement_version (
  agreement_id BYTEA NOT NULL REFERENCES agreement (id),
  version BIGINT NOT NULL,
  side TEXT NOT NULL,
  person_id BYTEA NOT NULL,
  terms TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (agreement_id, version)
);

-- The bounds of what agreements may say, by category of the merchant's stores; the category '' is for all others.
CREATE TABLE agreement_rule (
  category TEXT NOT NULL PRIMARY KEY,
  commission_bp_min BIGINT NOT NULL,
  commission_bp_max BIGINT NOT NULL,
  discount_platform_bp_max BIGINT NOT NULL,
  platform_cap_max BIGINT,
  platform_cap_currency TEXT,
  rebate_bp_max BIGINT NOT NULL,
  refund_window_us_min BIGINT NOT NULL
);

CREATE TABLE offer (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  agreement_id BYTEA NOT NULL REFERENCES agreement (id),
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  category TEXT NOT NULL,
  currency TEXT NOT NULL,
  list_price BIGINT NOT NULL,
  -- As JSON, with the time zone of its stores.
  price_rules TEXT NOT NULL,
  group_terms TEXT,
  deposit TEXT,
  uses BIGINT NOT NULL,
  card TEXT,
  valid_us BIGINT NOT NULL,
  max_per_order BIGINT NOT NULL,
  stock_bucket BYTEA NOT NULL REFERENCES bucket (id),
  store_set BYTEA NOT NULL,
  media_id BYTEA,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX offer_by_merchant ON offer (merchant_id, id);
CREATE INDEX offer_by_agreement ON offer (agreement_id);

CREATE TABLE offer_store (
  offer_id BYTEA NOT NULL REFERENCES offer (id),
  store_id BYTEA NOT NULL REFERENCES store (id),
  PRIMARY KEY (offer_id, store_id)
);
CREATE INDEX offer_store_by_store ON offer_store (store_id);

-- The stores behind a store set's digest, which vouchers carry. Rows are never changed.
CREATE TABLE store_set (
  digest BYTEA NOT NULL,
  store_id BYTEA NOT NULL REFERENCES store (id),
  PRIMARY KEY (digest, store_id)
);
CREATE INDEX store_set_by_store ON store_set (store_id);

-- What time is booked of. The last four bytes of its id are zero: the buckets of its time bear its id with a step's number there.
CREATE TABLE resource (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  store_id BYTEA NOT NULL REFERENCES store (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  area TEXT NOT NULL,
  units BIGINT NOT NULL,
  seats_min BIGINT NOT NULL,
  seats_max BIGINT NOT NULL,
  joins TEXT NOT NULL,
  hours TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX resource_by_store ON resource (store_id, id);

-- How an offer that is booked is booked, as JSON, and whether it is also bought without a time. What has no row is
-- bought without one only.
CREATE TABLE offer_booking (
  offer_id BYTEA NOT NULL PRIMARY KEY REFERENCES offer (id),
  terms TEXT NOT NULL,
  open_tickets BIGINT NOT NULL,
  security_deposit BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- Of what it is booked, by the number of the service that takes it, from 0; nights and showings are one.
CREATE TABLE offer_resource (
  offer_id BYTEA NOT NULL REFERENCES offer (id),
  service BIGINT NOT NULL,
  resource_id BYTEA NOT NULL REFERENCES resource (id),
  PRIMARY KEY (offer_id, service, resource_id)
);
CREATE INDEX offer_resource_by_resource ON offer_resource (resource_id);

-- The hours of a day that is not as its weekday, as JSON; none: closed. Days count from 1970-01-01, on the store's clocks.
CREATE TABLE store_day (
  store_id BYTEA NOT NULL REFERENCES store (id),
  day BIGINT NOT NULL,
  spans TEXT NOT NULL,
  PRIMARY KEY (store_id, day)
);

-- The seats of a resource that is a hall, as JSON.
CREATE TABLE hall (
  resource_id BYTEA NOT NULL PRIMARY KEY REFERENCES resource (id),
  seat_map TEXT NOT NULL,
  no_single_seats BIGINT NOT NULL,
  cleaning_minutes BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- What a merchant's kitchen makes, section by section, as JSON.
CREATE TABLE menu (
  merchant_id BYTEA NOT NULL PRIMARY KEY REFERENCES merchant (id),
  sections TEXT NOT NULL,
  version BIGINT NOT NULL
);

-- The pictures of the menus, which everybody may see.
CREATE TABLE menu_media (
  merchant_id BYTEA NOT NULL REFERENCES merchant (id),
  media_id BYTEA NOT NULL REFERENCES media (id),
  PRIMARY KEY (merchant_id, media_id)
);

-- Dishes that a store is out of until then.
CREATE TABLE dish_sold_out (
  store_id BYTEA NOT NULL REFERENCES store (id),
  dish_id BYTEA NOT NULL,
  ends_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, dish_id)
);

-- An offer in a hall at a time. The last four bytes of its id are zero: the buckets of its seats bear its id with a
-- seat's number there. The hall's time is claimed by it; `surcharges` is JSON, by zone.
CREATE TABLE showing (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL,
  store_id BYTEA NOT NULL REFERENCES store (id),
  hall_id BYTEA NOT NULL REFERENCES resource (id),
  offer_id BYTEA NOT NULL REFERENCES offer (id),
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  surcharges TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX showing_by_offer ON showing (offer_id, starts_at);
CREATE INDEX showing_by_store ON showing (store_id, starts_at);
CREATE INDEX showing_by_hall ON showing (hall_id, ends_at);

-- channel --------------------------------------------------------------------------------------------------------------

CREATE TABLE entry (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX entry_by_merchant ON entry (merchant_id, id);

CREATE TABLE visit (
  entry_id BYTEA NOT NULL REFERENCES entry (id),
  id BYTEA NOT NULL,
  offer_id BYTEA,
  at BIGINT NOT NULL,
  PRIMARY KEY (entry_id, at, id)
);

CREATE TABLE share_link (
  id BYTEA NOT NULL PRIMARY KEY,
  sharer_id BYTEA NOT NULL REFERENCES person (id),
  merchant_id BYTEA NOT NULL,
  offer_id BYTEA NOT NULL REFERENCES offer (id),
  entry_id BYTEA NOT NULL REFERENCES entry (id),
  token TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX share_link_once ON share_link (sharer_id, offer_id);

-- voucher --------------------------------------------------------------------------------------------------------------

CREATE TABLE signing_key (
  id BYTEA NOT NULL PRIMARY KEY,
  public_key BYTEA NOT NULL,
  sealed_key BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);

CREATE TABLE voucher (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL,
  offer_id BYTEA NOT NULL,
  store_set BYTEA NOT NULL,
  holder_id BYTEA NOT NULL,
  status TEXT NOT NULL,
  uses_total BIGINT NOT NULL,
  uses_left BIGINT NOT NULL CHECK (uses_left >= 0),
  -- Those of them that are kept for bookings.
  uses_held BIGINT NOT NULL DEFAULT 0,
  -- Of a stored-value card: its uses are minor units of it.
  currency TEXT,
  -- Encrypted, it is its code, of 12 digits.
  number BIGINT NOT NULL UNIQUE CHECK (number > 0 AND number / 1000000 < 1000000),
  binding BIGINT NOT NULL,
  device_key BYTEA,
  issued_at BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT voucher_uses CHECK (uses_left <= uses_total AND uses_held >= 0 AND uses_held <= uses_left)
);
CREATE INDEX voucher_by_holder ON voucher (holder_id, id);

-- convert --------------------------------------------------------------------------------------------------------------

-- What it takes off (`kind`) and what has to be true (`conditions`) are JSON, never changed.
CREATE TABLE coupon (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA,
  offer_id BYTEA,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  conditions TEXT NOT NULL,
  currency TEXT NOT NULL,
  min_spend BIGINT NOT NULL,
  platform_bp BIGINT NOT NULL,
  per_person BIGINT NOT NULL,
  per_day BIGINT NOT NULL,
  per_device BIGINT,
  -- How it comes to people: claimed, by code, or by itself.
  distribution TEXT NOT NULL,
  -- What its unique codes are made of, if it is claimed by code.
  code_batch BIGINT,
  code_key BYTEA,
  count_bucket BYTEA NOT NULL REFERENCES bucket (id),
  budget_bucket BYTEA NOT NULL REFERENCES bucket (id),
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX coupon_by_merchant ON coupon (merchant_id, id);
CREATE UNIQUE INDEX coupon_by_code_batch ON coupon (code_batch);
CREATE INDEX coupon_by_distribution ON coupon (distribution, status, merchant_id);
CREATE UNIQUE INDEX coupon_by_count_bucket ON coupon (count_bucket);

CREATE TABLE coupon_person (
  coupon_id BYTEA NOT NULL REFERENCES coupon (id),
  person_id BYTEA NOT NULL,
  claimed BIGINT NOT NULL,
  -- The last day of a claim, counted from the coupon's start, and how many were claimed on it.
  day BIGINT NOT NULL,
  claimed_on_day BIGINT NOT NULL,
  PRIMARY KEY (coupon_id, person_id)
);

CREATE TABLE coupon_device (
  coupon_id BYTEA NOT NULL REFERENCES coupon (id),
  device_hash BYTEA NOT NULL,
  claimed BIGINT NOT NULL,
  PRIMARY KEY (coupon_id, device_hash)
);

-- The codes that were claimed. Those that were not are not stored.
CREATE TABLE coupon_code (
  coupon_id BYTEA NOT NULL REFERENCES coupon (id),
  number BIGINT NOT NULL,
  wallet_coupon_id BYTEA NOT NULL,
  PRIMARY KEY (coupon_id, number)
);

CREATE TABLE wallet_coupon (
  id BYTEA NOT NULL PRIMARY KEY,
  coupon_id BYTEA NOT NULL REFERENCES coupon (id),
  person_id BYTEA NOT NULL,
  status TEXT NOT NULL,
  order_id BYTEA,
  claimed_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX wallet_coupon_by_person ON wallet_coupon (person_id, id);
CREATE INDEX wallet_coupon_by_order ON wallet_coupon (order_id);

-- Buyers who buy an offer together; made when the first of them, the leader, has paid. `paid` counts the leader too, the
-- bucket the places beside.
CREATE TABLE purchase_group (
  id BYTEA NOT NULL PRIMARY KEY,
  offer_id BYTEA NOT NULL,
  merchant_id BYTEA NOT NULL,
  leader_id BYTEA NOT NULL,
  size BIGINT NOT NULL,
  paid BIGINT NOT NULL,
  place_bucket BYTEA NOT NULL REFERENCES bucket (id),
  status TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closes_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT purchase_group_never_over CHECK (paid <= size)
);
CREATE INDEX purchase_group_by_offer ON purchase_group (offer_id, status, id);

-- A person is in a group once, from the moment a place is held.
CREATE TABLE group_member (
  group_id BYTEA NOT NULL REFERENCES purchase_group (id),
  person_id BYTEA NOT NULL,
  order_id BYTEA NOT NULL,
  PRIMARY KEY (group_id, person_id)
);

CREATE TABLE orders (
  id BYTEA NOT NULL PRIMARY KEY,
  person_id BYTEA NOT NULL,
  merchant_id BYTEA NOT NULL,
  status TEXT NOT NULL,
  currency TEXT NOT NULL,
  list_total BIGINT NOT NULL,
  discount_platform BIGINT NOT NULL,
  discount_merchant BIGINT NOT NULL,
  rebate_used BIGINT NOT NULL,
  cash_due BIGINT NOT NULL CHECK (cash_due >= 0),
  due_at_store BIGINT NOT NULL,
  -- Paid beside the price.
  security_deposit BIGINT NOT NULL,
  coupons BIGINT NOT NULL,
  entry_id BYTEA,
  share_link_id BYTEA,
  sharer_id BYTEA,
  group_id BYTEA,
  hold_until BIGINT NOT NULL,
  placed_at BIGINT NOT NULL,
  paid_at BIGINT,
  cash_refunded BIGINT NOT NULL,
  escrow_refunded BIGINT NOT NULL,
  units_returned BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT orders_never_over_refunded
    CHECK (cash_refunded <= cash_due AND escrow_refunded <= list_total - discount_merchant - due_at_store)
);
CREATE INDEX orders_by_person ON orders (person_id, id);
CREATE INDEX orders_by_merchant ON orders (merchant_id, id);
CREATE INDEX orders_by_group ON orders (group_id) WHERE group_id IS NOT NULL;

-- The terms of a line are frozen when the order is placed. Amounts are for the whole line.
CREATE TABLE order_line (
  order_id BYTEA NOT NULL REFERENCES orders (id),
  n BIGINT NOT NULL,
  offer_id BYTEA NOT NULL,
  agreement_id BYTEA NOT NULL,
  agreement_version BIGINT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  list_total BIGINT NOT NULL,
  discounts TEXT NOT NULL,
  discount_platform BIGINT NOT NULL,
  discount_merchant BIGINT NOT NULL,
  commission_bp BIGINT NOT NULL,
  rebate_bp BIGINT NOT NULL,
  uses BIGINT NOT NULL,
  card TEXT,
  store_set BYTEA NOT NULL,
  valid_us BIGINT NOT NULL,
  refund_window_us BIGINT NOT NULL,
  undo_window_us BIGINT NOT NULL,
  on_expiry TEXT NOT NULL,
  -- Of which kind the deposit is, if not all of the price was paid ahead.
  deposit TEXT,
  -- Of a line that was booked: all its units are one voucher, valid until then, for that store; of an open ticket, whose
  -- seats are not chosen yet, for none.
  booked_until BIGINT,
  booked_store BYTEA,
  PRIMARY KEY (order_id, n)
);

-- The money behind one voucher: fixed when it is issued, in the order line's currency.
CREATE TABLE order_voucher (
  voucher_id BYTEA NOT NULL PRIMARY KEY REFERENCES voucher (id),
  order_id BYTEA NOT NULL,
  line_n BIGINT NOT NULL,
  price BIGINT NOT NULL,
  discount_platform BIGINT NOT NULL,
  discount_merchant BIGINT NOT NULL,
  rebate_used BIGINT NOT NULL,
  cash BIGINT NOT NULL,
  due_at_store BIGINT NOT NULL
);
CREATE INDEX order_voucher_by_order ON order_voucher (order_id);

-- The intent to be paid, and the tries at it. `charged_back` is what the payer's bank took back.
CREATE TABLE payment (
  id BYTEA NOT NULL PRIMARY KEY,
  order_id BYTEA NOT NULL UNIQUE REFERENCES orders (id),
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE payment_attempt (
  id BYTEA NOT NULL PRIMARY KEY,
  payment_id BYTEA NOT NULL REFERENCES payment (id),
  order_id BYTEA NOT NULL,
  provider TEXT NOT NULL,
  provider_payment TEXT,
  instrument TEXT,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  charged_back BIGINT,
  charged_back_at BIGINT,
  charged_back_lost BIGINT,
  chargeback_reversed_at BIGINT,
  at BIGINT NOT NULL
);
CREATE INDEX payment_attempt_by_order ON payment_attempt (order_id);
CREATE INDEX payment_attempt_charged_back ON payment_attempt (id) WHERE charged_back IS NOT NULL;

-- A report about a payment that was settled before by another one: booked by nobody, for the platform to look into.
-- Below zero, `amount` was taken back.
CREATE TABLE payment_conflict (
  id BYTEA NOT NULL PRIMARY KEY,
  attempt_id BYTEA NOT NULL REFERENCES payment_attempt (id),
  provider_payment TEXT NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  closed_by BYTEA,
  closed_at BIGINT,
  closed_because TEXT
);
CREATE UNIQUE INDEX payment_conflict_once ON payment_conflict (attempt_id, provider_payment, amount, currency);
CREATE INDEX payment_conflict_open ON payment_conflict (id) WHERE closed_at IS NULL;

-- Money on its way back: `amount` through the provider of `attempt_id`, `rebate` into the buyer's balance, and with it the
-- merchant's `compensation` at once.
CREATE TABLE refund (
  id BYTEA NOT NULL PRIMARY KEY,
  order_id BYTEA NOT NULL REFERENCES orders (id),
  voucher_id BYTEA,
  attempt_id BYTEA REFERENCES payment_attempt (id),
  amount BIGINT NOT NULL,
  rebate BIGINT NOT NULL,
  compensation BIGINT NOT NULL,
  currency TEXT NOT NULL,
  cause TEXT NOT NULL,
  status TEXT NOT NULL,
  entry_id BYTEA,
  tries BIGINT NOT NULL,
  requested_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
-- Paid with an order beside its price, and held until then for damages.
CREATE TABLE security_deposit (
  id BYTEA NOT NULL PRIMARY KEY,
  order_id BYTEA NOT NULL UNIQUE REFERENCES orders (id),
  amount BIGINT NOT NULL CHECK (amount > 0),
  status TEXT NOT NULL,
  held_until BIGINT NOT NULL,
  claimed BIGINT NOT NULL,
  claimed_because TEXT,
  claimed_at BIGINT,
  version BIGINT NOT NULL,
  CONSTRAINT security_deposit_claimed CHECK (claimed >= 0 AND claimed <= amount)
);
CREATE INDEX refund_by_status ON refund (status, id);
CREATE INDEX refund_by_order ON refund (order_id, id);

-- consume --------------------------------------------------------------------------------------------------------------

CREATE TABLE redemption (
  id BYTEA NOT NULL PRIMARY KEY,
  voucher_id BYTEA NOT NULL REFERENCES voucher (id),
  -- The last of so many uses; with a currency they are minor units of it, as of its voucher.
  use_no BIGINT NOT NULL,
  uses BIGINT NOT NULL,
  currency TEXT,
  order_id BYTEA NOT NULL,
  offer_id BYTEA NOT NULL,
  merchant_id BYTEA NOT NULL,
  store_id BYTEA NOT NULL,
  person_id BYTEA NOT NULL,
  staff_id BYTEA NOT NULL,
  device_id BYTEA,
  mode TEXT NOT NULL,
  status TEXT NOT NULL,
  scanned_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  undo_until BIGINT NOT NULL,
  refund_until BIGINT NOT NULL,
  rebate_refused TEXT,
  version BIGINT NOT NULL
);
CREATE INDEX redemption_by_voucher ON redemption (voucher_id, id);
CREATE INDEX redemption_by_store ON redemption (store_id, id);

-- A time at a store that is kept for the buyer of an order, or by the store itself (without one). Whose claims of
-- places it has is `place_owner`; `policy` and the names of `seats` are JSON, frozen; what its guest `asked_for` is JSON,
-- service by service, and where is `area`. How it stands follows from its order, voucher and outcome.
CREATE TABLE booking (
  id BYTEA NOT NULL PRIMARY KEY,
  order_id BYTEA UNIQUE REFERENCES orders (id),
  offer_id BYTEA,
  merchant_id BYTEA NOT NULL,
  store_id BYTEA NOT NULL REFERENCES store (id),
  person_id BYTEA,
  party BIGINT NOT NULL,
  rooms BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  place_owner BYTEA NOT NULL,
  showing_id BYTEA REFERENCES showing (id),
  seats TEXT NOT NULL,
  policy TEXT,
  asked_for TEXT,
  area TEXT,
  note TEXT NOT NULL,
  -- What pays for it instead of an order: so many uses of a card, and what took them.
  card_id BYTEA REFERENCES voucher (id),
  card_uses BIGINT,
  redemption_id BYTEA REFERENCES redemption (id),
  -- Of overtime that goes without a security deposit of its own: the order whose deposit is for it too.
  deposit_order BYTEA,
  outcome TEXT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX booking_by_card ON booking (card_id) WHERE card_id IS NOT NULL;
CREATE INDEX booking_by_store ON booking (store_id, starts_at);
CREATE INDEX booking_by_person ON booking (person_id, id);
CREATE INDEX booking_by_showing ON booking (showing_id, id) WHERE showing_id IS NOT NULL;

-- What it has, and when: of a visit of several services each in its own, whose name is JSON, frozen.
CREATE TABLE booking_resource (
  booking_id BYTEA NOT NULL REFERENCES booking (id),
  starts_at BIGINT NOT NULL,
  resource_id BYTEA NOT NULL REFERENCES resource (id),
  ends_at BIGINT NOT NULL,
  service TEXT NOT NULL,
  PRIMARY KEY (booking_id, starts_at, resource_id)
);

-- Somebody who waits for a time of an offer at a store: a start from `starts_from` to `starts_until` on one day, or a stay
-- from that day on (without `nights` it is a visit); `resources` is JSON, service by service. What is held for them
-- meanwhile, from `starts_at` to `ends_at`, is claimed by the entry. It ends by itself at `stands_until`.
CREATE TABLE waitlist_entry (
  id BYTEA NOT NULL PRIMARY KEY,
  offer_id BYTEA NOT NULL REFERENCES offer (id),
  merchant_id BYTEA NOT NULL,
  store_id BYTEA NOT NULL REFERENCES store (id),
  person_id BYTEA NOT NULL,
  day BIGINT NOT NULL,
  nights BIGINT,
  hours BIGINT,
  rooms BIGINT NOT NULL,
  starts_from BIGINT NOT NULL,
  starts_until BIGINT NOT NULL,
  party BIGINT NOT NULL,
  area TEXT,
  resources TEXT NOT NULL,
  status TEXT NOT NULL,
  stands_until BIGINT NOT NULL,
  starts_at BIGINT,
  ends_at BIGINT,
  joined_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX waitlist_entry_by_person ON waitlist_entry (person_id, id);
CREATE INDEX waitlist_entry_by_store ON waitlist_entry (store_id, id) WHERE status IN ('waiting', 'offered');
CREATE UNIQUE INDEX waitlist_entry_one_each ON waitlist_entry (offer_id, store_id, day, person_id)
  WHERE status IN ('waiting', 'offered');

-- The address under which calendar programs read a store's bookings holds the version; whoever knows an earlier one reads
-- nothing.
CREATE TABLE calendar_feed (
  store_id BYTEA NOT NULL PRIMARY KEY REFERENCES store (id),
  is_open BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- Whether a store gives out numbers to those who come without a booking, and in which lines (JSON).
CREATE TABLE store_queue (
  store_id BYTEA NOT NULL PRIMARY KEY REFERENCES store (id),
  merchant_id BYTEA NOT NULL,
  is_open BIGINT NOT NULL,
  lines TEXT NOT NULL,
  version BIGINT NOT NULL
);

-- A party that waits, on a day that starts at four in the morning on the store's clocks. Without a person the staff gave it out.
CREATE TABLE queue_ticket (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL,
  store_id BYTEA NOT NULL REFERENCES store_queue (store_id),
  person_id BYTEA,
  day BIGINT NOT NULL,
  line TEXT NOT NULL,
  number BIGINT NOT NULL,
  party BIGINT NOT NULL,
  status TEXT NOT NULL,
  joined_at BIGINT NOT NULL,
  called_at BIGINT,
  version BIGINT NOT NULL,
  UNIQUE (store_id, day, line, number)
);
CREATE INDEX queue_ticket_by_person ON queue_ticket (person_id, joined_at);
CREATE UNIQUE INDEX queue_ticket_one_each ON queue_ticket (store_id, day, person_id)
  WHERE status IN ('waiting', 'called');

-- What a scanner queued while it had no network: one row a scan, however often it is sent.
CREATE TABLE offline_scan (
  device_id BYTEA NOT NULL REFERENCES device (id),
  nonce BYTEA NOT NULL,
  voucher_id BYTEA NOT NULL,
  scanned_at BIGINT NOT NULL,
  synced_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  redemption_id BYTEA,
  amount BIGINT NOT NULL,
  PRIMARY KEY (device_id, nonce)
);
CREATE INDEX offline_scan_by_time ON offline_scan (device_id, synced_at);

-- An offline scan that lost: the guest was served, somebody else's scan came first.
CREATE TABLE redemption_conflict (
  id BYTEA NOT NULL PRIMARY KEY,
  merchant_id BYTEA NOT NULL,
  voucher_id BYTEA NOT NULL,
  won_redemption_id BYTEA,
  lost_store_id BYTEA NOT NULL,
  lost_device_id BYTEA NOT NULL,
  lost_staff_id BYTEA NOT NULL,
  lost_scanned_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX redemption_conflict_by_merchant ON redemption_conflict (merchant_id, id);

-- Wrong codes typed since `since`, by device and by staff member (both by id).
CREATE TABLE code_miss (
  subject BYTEA NOT NULL PRIMARY KEY,
  misses BIGINT NOT NULL,
  since BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);

-- feedback -------------------------------------------------------------------------------------------------------------

CREATE TABLE review (
  id BYTEA NOT NULL PRIMARY KEY,
  redemption_id BYTEA NOT NULL UNIQUE REFERENCES redemption (id),
  person_id BYTEA NOT NULL,
  merchant_id BYTEA NOT NULL,
  store_id BYTEA NOT NULL,
  offer_id BYTEA NOT NULL,
  stars BIGINT NOT NULL,
  aspects TEXT NOT NULL,
  text TEXT NOT NULL,
  media TEXT NOT NULL,
  status TEXT NOT NULL,
  hidden_because TEXT,
  reply TEXT,
  replied_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX review_by_store ON review (store_id, id);
CREATE INDEX review_by_offer ON review (offer_id, id);
CREATE INDEX review_by_merchant ON review (merchant_id, id);
CREATE INDEX review_by_person ON review (person_id, id);
CREATE INDEX review_by_status ON review (status, id);

-- A buyer's complaint about an order. Whose turn it is follows from its status; `due_at` is until when. `decided_by` is the
-- operator who decided first, so that an appeal is another's to decide. One of an order at a time.
CREATE TABLE complaint (
  id BYTEA NOT NULL PRIMARY KEY,
  order_id BYTEA NOT NULL REFERENCES orders (id),
  person_id BYTEA NOT NULL,
  merchant_id BYTEA NOT NULL,
  offer_id BYTEA NOT NULL,
  store_id BYTEA,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  due_at BIGINT,
  decided_by BYTEA,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX complaint_that_runs ON complaint (order_id) WHERE status IN ('open', 'answered', 'escalated');
CREATE INDEX complaint_by_order ON complaint (order_id, id);
CREATE INDEX complaint_by_person ON complaint (person_id, id);
CREATE INDEX complaint_by_merchant ON complaint (merchant_id, id);
CREATE INDEX complaint_by_status ON complaint (status, id);

-- Who said what, and what a complaint was after that. `n` is the complaint's version; `media` is JSON; `refunded` is in minor
-- units of the order's currency.
CREATE TABLE complaint_step (
  complaint_id BYTEA NOT NULL REFERENCES complaint (id),
  n BIGINT NOT NULL,
  side TEXT NOT NULL,
  person_id BYTEA,
  status TEXT NOT NULL,
  text TEXT NOT NULL,
  media TEXT NOT NULL,
  refunded BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (complaint_id, n)
);

CREATE TABLE store_rating (
  store_id BYTEA NOT NULL PRIMARY KEY REFERENCES store (id),
  stars_sum BIGINT NOT NULL,
  review_count BIGINT NOT NULL
);

-- retain ---------------------------------------------------------------------------------------------------------------

-- What a person is told. The id is that of the event that it tells of.
CREATE TABLE message (
  person_id BYTEA NOT NULL,
  id BYTEA NOT NULL,
  kind TEXT NOT NULL,
  order_id BYTEA,
  voucher_id BYTEA,
  offer_id BYTEA,
  merchant_id BYTEA,
  booking_id BYTEA,
  store_id BYTEA,
  starts_at BIGINT,
  amount BIGINT,
  currency TEXT,
  created_at BIGINT NOT NULL,
  read_at BIGINT,
  PRIMARY KEY (person_id, id)
);
CREATE INDEX message_unread ON message (person_id) WHERE read_at IS NULL;

-- A person asks a merchant. Messages are counted from 1; about is the last that names a subject, and each side has read up
-- to its mark. What waits is unanswered and not of a muted guest.
CREATE TABLE conversation (
  id BYTEA NOT NULL PRIMARY KEY,
  person_id BYTEA NOT NULL,
  merchant_id BYTEA NOT NULL,
  message_count BIGINT NOT NULL,
  unanswered BIGINT NOT NULL,
  waiting BIGINT NOT NULL,
  muted BIGINT NOT NULL,
  guest_read BIGINT NOT NULL,
  merchant_read BIGINT NOT NULL,
  about BIGINT,
  last_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  UNIQUE (person_id, merchant_id)
);
CREATE INDEX conversation_by_person ON conversation (person_id, last_at, id);
CREATE INDEX conversation_by_merchant ON conversation (merchant_id, waiting, last_at, id);

-- Without a staff member it is the guest's.
CREATE TABLE chat_message (
  conversation_id BYTEA NOT NULL REFERENCES conversation (id),
  seq BIGINT NOT NULL,
  staff_id BYTEA,
  text TEXT NOT NULL,
  offer_id BYTEA,
  order_id BYTEA,
  booking_id BYTEA,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, seq)
);

CREATE TABLE chat_picture (
  conversation_id BYTEA NOT NULL REFERENCES conversation (id),
  seq BIGINT NOT NULL,
  n BIGINT NOT NULL,
  media_id BYTEA NOT NULL,
  PRIMARY KEY (conversation_id, seq, n)
);
CREATE INDEX chat_picture_by_media ON chat_picture (media_id);
