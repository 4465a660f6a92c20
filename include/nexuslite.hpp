/**
 * @file nexuslite.hpp
 * NexusLite for C++17 and later: nexuslite.h with owners, views and two ways to be told of errors.
 *
 * Every function comes twice: `find_one` throws a nexus::error, `try_find_one` answers a nexus::result, which is
 * std::expected where that is there. Without exceptions (-fno-exceptions) there are only the latter.
 *
 * - Documents go in as JSON text or as a document_view of BSON, and come out as BSON: nexus::document owns it,
 *   nexus::document_view looks into it without a copy, and json() writes it as text.
 * - Owners can be moved, not copied. They let go of what they own when they end, in any order.
 * - What a cursor hands out is lent until it is asked for the next document.
 * - Databases and collections are used from any threads at the same time, a cursor or a transaction by one at a time.
 */
#ifndef NEXUSLITE_HPP
#define NEXUSLITE_HPP

#include "nexuslite.h"

#include "nexuslite/client.hpp"
#include "nexuslite/collection.hpp"
#include "nexuslite/cursor.hpp"
#include "nexuslite/database.hpp"
#include "nexuslite/document.hpp"
#include "nexuslite/error.hpp"
#include "nexuslite/failure.hpp"
#include "nexuslite/input.hpp"
#include "nexuslite/result.hpp"
#include "nexuslite/transaction.hpp"
#include "nexuslite/view.hpp"

#endif
