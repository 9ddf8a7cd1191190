//! Lists of tenants in several orders, page by page.
//!
//! # Invariants
//!
//! * Tenants that are alike in what they are sorted by are in the order of their names, so that every
//!   order is one of all tenants, and a page begins exactly where the one before it ended.
//! * A row that cannot be read hides no other, neither on its page nor on those behind it.

use berth_domain::{OrganisationId, Tenant};

use super::{Filter, SOURCE, StateName, row, tenant_columns};
use crate::arg::{Arg, integer, integer_or_null, text_or_null, time_or_null};
use crate::listed::is_full;
use crate::record::Record;
use crate::storage::{self, StorageUse};
use crate::{Page, StoreError, Tx};

/// What tenants are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortKey {
    #[default]
    Name,
    Created,
    /// Those that never expire come last.
    Expires,
    /// What they fill; those that were never measured come first.
    Storage,
    /// Those that wait for a person come first, then those that something is done to.
    Attention,
}

/// In which order tenants are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    pub by: SortKey,
    /// From the last to the first.
    pub is_reversed: bool,
}

/// Where a page ends and the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What the last tenant is sorted by. `None` in the order of names.
    pub key: Option<i64>,
    /// Its name, readable or not.
    pub name: String,
}

/// A page of tenants, with what they fill.
#[derive(Debug)]
pub struct Sorted {
    pub rows: Vec<(Tenant, Option<StorageUse>)>,
    pub unreadable: Vec<StoreError>,
    /// What they fill, as far as that cannot be read.
    pub unmeasured: Vec<StoreError>,
    /// `None`: this is the last page.
    pub next: Option<Place>,
}

impl Order {
    /// Every order, each followed by its reverse.
    pub const ALL: [Self; 10] = [
        Self::of(SortKey::Name, false),
        Self::of(SortKey::Name, true),
        Self::of(SortKey::Created, false),
        Self::of(SortKey::Created, true),
        Self::of(SortKey::Expires, false),
        Self::of(SortKey::Expires, true),
        Self::of(SortKey::Storage, false),
        Self::of(SortKey::Storage, true),
        Self::of(SortKey::Attention, false),
        Self::of(SortKey::Attention, true),
    ];

    const fn of(by: SortKey, is_reversed: bool) -> Self {
        Self { by, is_reversed }
    }

    /// As callers spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match (self.by, self.is_reversed) {
            (SortKey::Name, false) => "name",
            (SortKey::Name, true) => "-name",
            (SortKey::Created, false) => "created",
            (SortKey::Created, true) => "-created",
            (SortKey::Expires, false) => "expires",
            (SortKey::Expires, true) => "-expires",
            (SortKey::Storage, false) => "storage",
            (SortKey::Storage, true) => "-storage",
            (SortKey::Attention, false) => "attention",
            (SortKey::Attention, true) => "-attention",
        }
    }
}

/// Which tenants come first when somebody looks after them.
macro_rules! attention {
    () => {
        "CAST(CASE t.state WHEN 'broken' THEN 0 WHEN 'drifted' THEN 1 WHEN 'over_limit' THEN 2
                           WHEN 'provisioning' THEN 3 WHEN 'changing' THEN 3 WHEN 'deleting' THEN 3
                           ELSE 4 END AS BIGINT)"
    };
}

/// The statement of one order: whose tenants, what is sorted by, what is behind a place, and the order.
macro_rules! listing {
    ($whose:literal, reversed $key:expr) => {
        listing!($whose, $key, ["(", $key, ", t.name) < ($10, $5)"], "sort_key DESC, t.name DESC")
    };
    ($whose:literal, $key:expr) => {
        listing!($whose, $key, ["(", $key, ", t.name) > ($10, $5)"], "sort_key, t.name")
    };
    ($whose:literal, $key:expr, [$($behind:expr),+], $order:literal) => {
        concat!(
            "SELECT ", tenant_columns!(), ", u.tenant_id, u.measured_at, u.database_bytes,
                    u.files_bytes, u.attempted_at, u.problem, u.level, ", $key, " AS sort_key
             FROM tenant t
             LEFT JOIN subnet s ON s.tenant_id = t.id
             LEFT JOIN storage_use u ON u.tenant_id = t.id
             WHERE ", $whose, "
               AND ($2 IS NULL OR t.state = $2)
               AND ($3 IS NULL OR t.stage = $3)
               AND ($4 IS NULL OR t.name LIKE $4 ESCAPE '\\' OR t.host LIKE $4 ESCAPE '\\')
               AND ($5 IS NULL OR ", $($behind),+, ")
               AND ($6 IS NULL OR t.tags LIKE $6 ESCAPE '\\')
               AND ($7 IS NULL OR t.owner = $7)
               AND ($8 IS NULL OR t.expires_at <= $8)
             ORDER BY ", $order, "
             LIMIT $9"
        )
    };
}

macro_rules! statements {
    ($name:ident, $whose:literal) => {
        const fn $name(order: Order) -> &'static str {
            match (order.by, order.is_reversed) {
                (SortKey::Name, false) => {
                    listing!($whose, "t.created_at", ["t.name > $5"], "t.name")
                }
                (SortKey::Name, true) => {
                    listing!($whose, "t.created_at", ["t.name < $5"], "t.name DESC")
                }
                (SortKey::Created, false) => listing!($whose, "t.created_at"),
                (SortKey::Created, true) => listing!($whose, reversed "t.created_at"),
                (SortKey::Expires, false) => {
                    listing!($whose, "COALESCE(t.expires_at, 9223372036854775807)")
                }
                (SortKey::Expires, true) => {
                    listing!($whose, reversed "COALESCE(t.expires_at, 9223372036854775807)")
                }
                (SortKey::Storage, false) => {
                    listing!($whose, "COALESCE(u.database_bytes + u.files_bytes, -1)")
                }
                (SortKey::Storage, true) => {
                    listing!($whose, reversed "COALESCE(u.database_bytes + u.files_bytes, -1)")
                }
                (SortKey::Attention, false) => listing!($whose, attention!()),
                (SortKey::Attention, true) => listing!($whose, reversed attention!()),
            }
        }
    };
}

// Two texts instead of one condition more: an index is used only where a column is held against a value.
statements!(of_one, "t.organisation_id = $1");
statements!(of_all, "$1 IS NULL");

/// Lists an organisation's tenants in an order, with what they fill; with `None` those of all.
pub async fn sorted(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    filter: &Filter,
    (order, page): (Order, &Page<Place>),
) -> Result<Sorted, StoreError> {
    let args = arguments(organisation, filter, (order, page));
    let sql = if organisation.is_some() { of_one(order) } else { of_all(order) };
    let records = tx.all(SOURCE, sql, args).await?;
    let last = records.last().filter(|_| is_full(&records, page.limit));
    let next = last.map(|record| place(order, record)).transpose()?;
    let mut sorted = Sorted {
        rows: Vec::with_capacity(records.len()),
        unreadable: Vec::new(),
        unmeasured: Vec::new(),
        next,
    };
    for record in &records {
        match row::read(record) {
            Ok(tenant) => {
                let used = used(record).unwrap_or_else(|error| {
                    sorted.unmeasured.push(error);
                    None
                });
                sorted.rows.push((tenant, used));
            }
            Err(error) => sorted.unreadable.push(error),
        }
    }
    Ok(sorted)
}

fn arguments(
    organisation: Option<OrganisationId>,
    filter: &Filter,
    (order, page): (Order, &Page<Place>),
) -> Vec<Arg> {
    let Filter { state, stage, text: part, tag, owner, expiring } = filter;
    let mut args = vec![
        text_or_null(organisation),
        text_or_null(state.map(StateName::as_str)),
        text_or_null(*stage),
        text_or_null(part.as_deref().map(containing)),
        text_or_null(page.after.as_ref().map(|place| &place.name)),
        // Tags are a list of quoted words, and no word has a quote in it.
        text_or_null(tag.as_ref().map(|tag| containing(&format!("\"{tag}\"")))),
        text_or_null(owner.as_ref()),
        time_or_null(*expiring),
        integer(page.limit),
    ];
    if order.by != SortKey::Name {
        args.push(integer_or_null(page.after.as_ref().and_then(|place| place.key)));
    }
    args
}

fn place(order: Order, record: &Record) -> Result<Place, StoreError> {
    let key = match order.by {
        SortKey::Name => None,
        SortKey::Created | SortKey::Expires | SortKey::Storage | SortKey::Attention => {
            Some(record.integer("sort_key")?)
        }
    };
    Ok(Place { key, name: record.text("name")? })
}

fn used(record: &Record) -> Result<Option<StorageUse>, StoreError> {
    match record.text_or_null("tenant_id")? {
        Some(_) => storage::read(record).map(Some),
        None => Ok(None),
    }
}

/// Returns the pattern of texts that contain `part`. Names and hosts are in small letters.
pub(crate) fn containing(part: &str) -> String {
    let part = part.to_lowercase();
    let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
