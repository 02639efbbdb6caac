// SPDX-License-Identifier: GPL-3.0-or-later
// Precompiled headers need a source to belong to.
