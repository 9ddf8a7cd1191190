//! `berth disk`

use berth_api::v1 as api;
use berth_domain::Bytes;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let disk: api::Disk = session.client.call(Call::get("/api/v1/disk")).await?;
    if session.printer.is_json() {
        session.printer.json(&disk)?;
    } else {
        session.printer.data(&text(&disk))?;
    }
    Ok(Exit::Success)
}

fn text(disk: &api::Disk) -> String {
    let places = disk.places.iter().map(|place| {
        let space = format!("{} of {}", Bytes(place.free_bytes), Bytes(place.total_bytes));
        let files = match place.total_files {
            0 => "no bound".to_owned(),
            total => format!("{} of {total}", place.free_files),
        };
        vec![place.name.clone(), place.level.clone(), space, files, place.path.clone()]
    });
    let mut uses: Vec<&api::DiskUse> = disk.uses.iter().collect();
    uses.sort_by_key(|one| std::cmp::Reverse(one.bytes));
    let uses = uses.into_iter().map(|one| {
        let hint = one.hint.clone().unwrap_or_else(|| "-".to_owned());
        vec![one.kind.clone(), Bytes(one.bytes).to_string(), hint]
    });
    let places = table::list(&["disk", "room", "free", "files free", "path"], places);
    let uses = table::list(&["what", "size", "to get it back"], uses);
    format!("{places}\n\n{uses}")
}
