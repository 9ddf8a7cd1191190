//! The company that the tenant is for.

use berth_domain::{Country, Param, Statement};

use super::{Identity, NOW, email_columns, email_param};
use crate::schema::Schema;

/// `base.main_company`.
const COMPANY: &str = "(SELECT res_id FROM public.ir_model_data
       WHERE module = 'base' AND name = 'main_company' AND model = 'res.company')";

pub(super) fn company(identity: &Identity) -> Statement {
    let sql = format!(
        "UPDATE public.res_company
            SET name = $1, email = coalesce($2::text, email), write_uid = 1, write_date = {NOW}
          WHERE id = {COMPANY}"
    );
    Statement::new(sql, vec![Param::text(identity.company.as_str()), email_param(identity)])
}

pub(super) fn company_partner(identity: &Identity, schema: &Schema) -> Statement {
    // Stored copies of the name: `display_name` in 16, `complete_name` since 17.
    let copies = [
        ("display_name", ", display_name = $1"),
        ("complete_name", ", complete_name = $1"),
        ("commercial_company_name", ", commercial_company_name = $1"),
    ];
    let copies: String = copies
        .into_iter()
        .filter(|(column, _)| schema.has_column("res_partner", column))
        .map(|(_, assignment)| assignment)
        .collect();
    let email = email_columns(schema, "$2");
    let sql = format!(
        "UPDATE public.res_partner
            SET name = $1{copies}{email}, lang = $3, write_uid = 1, write_date = {NOW}
          WHERE id = (SELECT partner_id FROM public.res_company WHERE id = {COMPANY})"
    );
    let name = Param::text(identity.company.as_str());
    Statement::new(sql, vec![name, email_param(identity), Param::text(identity.language.as_str())])
}

/// Returns the statements that give the main company a country and, as long as nothing is kept in the
/// old one, that country's currency. A code that Odoo does not know changes nothing.
///
/// Localisations are chosen while modules are installed, by the company's country: to get them, run
/// these after `base` and before the other modules.
#[must_use]
pub fn country(code: &Country, schema: &Schema) -> Vec<Statement> {
    let code = || vec![Param::text(code.as_str())];
    let mut statements = vec![Statement::new(
        format!(
            "UPDATE public.res_partner p
                SET country_id = c.id, write_uid = 1, write_date = {NOW}
               FROM public.res_country c
              WHERE upper(c.code) = $1
                AND p.id = (SELECT partner_id FROM public.res_company WHERE id = {COMPANY})"
        ),
        code(),
    )];
    // Journal items and price lists are kept in the company's currency: with one of these modules
    // only Odoo itself may change it.
    if schema.has_table("account_move_line") || schema.has_table("product_pricelist") {
        return statements;
    }
    statements.push(Statement::new(
        "UPDATE public.res_currency
            SET active = true
          WHERE id = (SELECT currency_id FROM public.res_country WHERE upper(code) = $1)",
        code(),
    ));
    statements.push(Statement::new(
        format!(
            "UPDATE public.res_company company
                SET currency_id = c.currency_id, write_uid = 1, write_date = {NOW}
               FROM public.res_country c
              WHERE upper(c.code) = $1 AND c.currency_id IS NOT NULL AND company.id = {COMPANY}"
        ),
        code(),
    ));
    statements
}
