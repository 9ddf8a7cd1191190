//! What must not be carried over from the original: ways in, ways out, overdue jobs.

use berth_domain::Statement;

use super::NOW;
use crate::schema::Schema;

/// Keys and devices by which somebody could sign in to the copy, and who did so to the original.
const WAYS_IN: [&str; 4] =
    ["res_users_apikeys", "auth_totp_device", "res_device_log", "res_users_log"];

pub(super) fn statements(schema: &Schema) -> Vec<Statement> {
    let mut texts = Vec::new();
    for table in WAYS_IN.into_iter().filter(|table| schema.has_table(table)) {
        texts.push(format!("DELETE FROM public.{table}"));
    }
    if schema.has_table("ir_mail_server") {
        texts.push("UPDATE public.ir_mail_server SET active = false WHERE active".to_owned());
    }
    texts.extend(credit_sql(schema).map(str::to_owned));
    if schema.has_table("ir_cron") {
        texts.push(cron(schema));
    }
    texts.into_iter().map(|sql| Statement::new(sql, Vec::new())).collect()
}

/// Gives it accounts of its own for paid services.
pub(super) fn credit(schema: &Schema) -> Option<Statement> {
    credit_sql(schema).map(|sql| Statement::new(sql, Vec::new()))
}

/// Two databases with one token would spend each other's credit.
fn credit_sql(schema: &Schema) -> Option<&'static str> {
    schema.has_column("iap_account", "account_token").then_some(
        "UPDATE public.iap_account SET account_token = replace(gen_random_uuid()::text, '-', '')
              WHERE account_token IS NOT NULL",
    )
}

/// Every job of an old blueprint is overdue. They would all run while the first page is loaded, so
/// they get five minutes.
fn cron(schema: &Schema) -> String {
    let failures = if schema.has_column("ir_cron", "failure_count") {
        ", failure_count = 0, first_failure_date = NULL"
    } else {
        ""
    };
    format!(
        "UPDATE public.ir_cron
            SET nextcall = greatest(nextcall, {NOW} + interval '5 minutes'), lastcall = NULL{failures}"
    )
}
