//! What is asked of a list of tenants: over the API, and of the store alone.

use std::io;
use std::path::Path;
use std::time::Instant;

use berth_domain::OrganisationId;
use berth_store::tenants::{self, Filter, Order, Place, SortKey, StateName};
use berth_store::{Page, Store, organisations};
use http::Method;
use serde_json::{Map, Value};

use crate::client::{Client, json};
use crate::table;
use crate::tenants::{open, owner_of, tag};
use crate::times::Times;

const TENANTS: &str = "/api/v1/organisations/default/tenants";
/// How many a page has, which is what the API gives when nobody says.
const LIMIT: u32 = 100;
/// The most that one page may have.
const MOST: u32 = 1000;
/// How often each question is asked before it counts.
const BEFORE: usize = 5;

/// One question in both languages.
#[derive(Debug)]
struct Question {
    name: &'static str,
    /// Behind the `?` of the list.
    query: String,
    order: Order,
    filter: Filter,
    from: Begin,
    limit: u32,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    Front,
    /// Behind half of all.
    Middle,
}

impl Question {
    fn new(name: &'static str, query: impl Into<String>, filter: Filter) -> Self {
        let (order, from) = (Order::default(), Begin::Front);
        Self { name, query: query.into(), order, filter, from, limit: LIMIT }
    }

    fn sorted(name: &'static str, by: SortKey, is_reversed: bool, from: Begin) -> Self {
        let order = Order { by, is_reversed };
        let query = format!("sort={}", order.as_str());
        Self { order, from, ..Self::new(name, query, Filter::default()) }
    }
}

fn questions() -> io::Result<Vec<Question>> {
    let none = Filter::default;
    let owner = owner_of(7).parse().map_err(io::Error::other)?;
    let team = tag(7).parse().map_err(io::Error::other)?;
    let state = StateName::Broken;
    let text = |part: &str| Filter { text: Some(part.to_owned()), ..none() };
    let page = Question::new("the largest page, 1000 rows", String::new(), none());
    Ok(vec![
        Question::new("first page", "", none()),
        Question::sorted("page in the middle", SortKey::Name, false, Begin::Middle),
        Question { limit: MOST, ..page },
        Question::new("state=broken", "state=broken", Filter { state: Some(state), ..none() }),
        Question::new(
            "owner",
            format!("owner={}", owner_of(7)),
            Filter { owner: Some(owner), ..none() },
        ),
        Question::new("tag", format!("tag={}", tag(7)), Filter { tag: Some(team), ..none() }),
        Question::new("text in one name", "text=t05000", text("t05000")),
        Question::new("text in none", "text=nothing-like-it", text("nothing-like-it")),
        Question::sorted("sort=created", SortKey::Created, false, Begin::Front),
        Question::sorted("sort=-created", SortKey::Created, true, Begin::Front),
        Question::sorted("sort=created, middle", SortKey::Created, false, Begin::Middle),
        Question::sorted("sort=expires", SortKey::Expires, false, Begin::Front),
        Question::sorted("sort=-expires", SortKey::Expires, true, Begin::Front),
        Question::sorted("sort=expires, middle", SortKey::Expires, false, Begin::Middle),
        Question::sorted("sort=storage", SortKey::Storage, false, Begin::Front),
        Question::sorted("sort=-storage", SortKey::Storage, true, Begin::Front),
        Question::sorted("sort=-storage, middle", SortKey::Storage, true, Begin::Middle),
    ])
}

/// Asks the API all of it, and for one tenant, each so many times. `half` is how many of the largest
/// pages are half of all tenants.
pub(crate) async fn over(client: &mut Client, runs: usize, half: u32) -> io::Result<Value> {
    let mut said = Map::new();
    for question in questions()? {
        let path = path(client, &question, half).await?;
        said.insert(question.name.to_owned(), asked(client, &path, runs).await?);
    }
    let one = format!("{TENANTS}/{}", table::name(MOST * half));
    said.insert("one tenant".to_owned(), asked(client, &one, runs).await?);
    Ok(Value::Object(said))
}

async fn asked(client: &mut Client, path: &str, runs: usize) -> io::Result<Value> {
    for _ in 0..BEFORE {
        client.read(path).await?;
    }
    let (mut times, mut bytes) = (Times::default(), 0);
    for _ in 0..runs {
        let began = Instant::now();
        let answer = client.ask(Method::GET, path).await?;
        times.add(began.elapsed());
        bytes = answer.good(path)?.len();
    }
    let mut said = times.json();
    said["bytes"] = bytes.into();
    Ok(said)
}

/// The address of a page. The middle is found by walking there, as whoever reads on does.
async fn path(client: &mut Client, question: &Question, half: u32) -> io::Result<String> {
    let Question { query, from, limit, .. } = question;
    let mut after = String::new();
    for _ in 0..from.pages(half) {
        let page = client.read(&format!("{TENANTS}?limit={MOST}&{query}{after}")).await?;
        let next = json(&page)?["next"].as_str().map(str::to_owned).ok_or_else(too_few)?;
        after = format!("&after={next}");
    }
    Ok(format!("{TENANTS}?limit={limit}&{query}{after}"))
}

/// Asks the store the same, without a server between.
pub(crate) async fn alone(home: &Path, runs: usize, half: u32) -> io::Result<Value> {
    let store = open(home).await?;
    let mut tx = store.read().await.map_err(io::Error::other)?;
    let found = organisations::find(&mut tx, "default").await.map_err(io::Error::other)?;
    let organisation = found.ok_or_else(too_few)?.id;
    drop(tx);
    let mut said = Map::new();
    for question in questions()? {
        let mut after = None;
        for _ in 0..question.from.pages(half) {
            let page = Page { after, limit: MOST };
            let next = page_of(&store, organisation, &question, &page).await?;
            after = Some(next.ok_or_else(too_few)?);
        }
        let page = Page { after, limit: question.limit };
        let mut times = Times::default();
        for run in 0..runs + BEFORE {
            let began = Instant::now();
            page_of(&store, organisation, &question, &page).await?;
            if run >= BEFORE {
                times.add(began.elapsed());
            }
        }
        said.insert(question.name.to_owned(), times.json());
    }
    store.close().await;
    Ok(Value::Object(said))
}

/// Reads a page, and returns where the next one begins.
async fn page_of(
    store: &Store,
    organisation: OrganisationId,
    question: &Question,
    page: &Page<Place>,
) -> io::Result<Option<Place>> {
    let mut tx = store.read().await.map_err(io::Error::other)?;
    let wanted = (question.order, page);
    let sorted = tenants::sorted(&mut tx, Some(organisation), &question.filter, wanted).await;
    Ok(sorted.map_err(io::Error::other)?.next)
}

impl Begin {
    const fn pages(self, half: u32) -> u32 {
        match self {
            Self::Front => 0,
            Self::Middle => half,
        }
    }
}

/// How many of the largest pages are half of so many tenants.
pub(crate) const fn half(tenants: u32) -> u32 {
    tenants / 2 / MOST
}

fn too_few() -> io::Error {
    io::Error::other("there are fewer tenants than there should be")
}
