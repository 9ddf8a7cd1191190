//! A copy of a tenant's database that an operation goes back to when it comes to nothing.
//!
//! # Invariants
//!
//! * It is called after the operation that made it, so nobody ever goes back to an older one.
//! * Files are not copied: Odoo adds to a filestore, and removes from it only in its own clean-up, long
//!   after whatever named the file is gone.

use berth_domain::ObjectName;
use berth_postgres::Server;

use crate::disk;
use crate::operation::{Context, StepError};

/// Copies the database, which nobody uses meanwhile. One that was copied already is left as it is.
pub(crate) async fn keep(context: &Context) -> Result<(), StepError> {
    let object = context.object();
    let cluster = context.tenants_cluster().await?;
    let server = &cluster.server;
    let size = server.database_size(&object).await?;
    if cluster.managed.is_some() {
        disk::room_for(context, disk::Purpose::Modules, size).await?;
    }
    let kept = server.keep_copy(&object, &name(context)).await?;
    let took = kept.took.as_millis();
    context.reporter.log(&format!("database copied ({size}, {}, {took} ms)", kept.strategy));
    Ok(())
}

/// Puts the copy in the place of the database, if there still is one.
pub(crate) async fn go_back(context: &Context) -> Result<(), StepError> {
    let server = &context.tenants_cluster().await?.server;
    if server.go_back(&context.object(), &name(context)).await? {
        context.reporter.log("the database is what it was before");
    }
    Ok(())
}

/// Drops the copy: nobody goes back to it.
pub(crate) async fn forget(context: &Context) -> Result<(), StepError> {
    let server = &context.tenants_cluster().await?.server;
    Ok(server.drop_copy(&context.object(), &name(context)).await?)
}

/// Where going back stopped half-way, the copy is all that is left. It becomes the database again.
pub(crate) async fn recover(server: &Server, object: &ObjectName) -> Result<(), StepError> {
    if server.find_database(object).await?.is_some() {
        return Ok(());
    }
    for (copy, of) in server.copies().await? {
        if of == *object && server.go_back(object, &copy).await? {
            break;
        }
    }
    Ok(())
}

fn name(context: &Context) -> ObjectName {
    context.operation.id.copy_name()
}
