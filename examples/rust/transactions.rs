//! Money that is moved as a whole or not at all.

use nexuslite::bson::{RawDocumentBuf, doc};
use nexuslite::document::json::{Mode, document_to_string};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Database, Error, ErrorKind, Result, Transaction};

/// Changes the account's balance, which has to have what is taken.
fn pay(tx: &Transaction, account: &str, amount: i32) -> Result<()> {
    let enough = doc! { "_id": account, "balance": { "$gte": -amount } };
    let paid = tx.collection("accounts").update_one(enough, doc! { "$inc": { "balance": amount } })?;
    if paid.matched_count == 0 {
        return Err(Error::new(ErrorKind::NotFound, format!("there are no {} to be moved", -amount)));
    }
    Ok(())
}

fn print(bank: &Database) -> Result<()> {
    let accounts = bank.collection_as::<RawDocumentBuf>("accounts");
    for account in accounts.find(doc! {}).sort(doc! { "_id": 1 }).run()? {
        println!("{}", document_to_string(RawDoc::new(account?.as_bytes()), Mode::Relaxed));
    }
    Ok(())
}

fn main() -> Result<()> {
    let bank = Database::open(":memory:")?;
    bank.collection("accounts")
        .insert_many([doc! { "_id": "ada", "balance": 50 }, doc! { "_id": "bo", "balance": 0 }])?;

    for amount in [20, 1000] {
        // Again from the beginning when somebody else came first.
        let moved = bank.transaction(|tx| {
            pay(tx, "ada", -amount)?;
            pay(tx, "bo", amount)
        });
        match moved {
            Ok(()) => println!("{amount} moved"),
            Err(error) => println!("{}", error.message()),
        }
    }
    print(&bank)?;

    // Of two that change the same document the first to commit wins.
    let (first, second) = (bank.begin()?, bank.begin()?);
    pay(&first, "bo", 1)?;
    pay(&second, "bo", 2)?;
    first.commit()?;
    if let Err(error) = second.commit() {
        println!("the second is told: {}", error.kind().name());
    }
    print(&bank)
}
