/**
 * The channel's types as the extension sees them: the mirror of host/auto2fa/native/messages.py, held together
 * by tests/host/test_channel_types.py.
 *
 * @typedef {"totp" | "hotp" | "steam"} FactorType
 * @typedef {"SHA1" | "SHA256" | "SHA512"} Algorithm
 * @typedef {"pending" | "active" | "replaced"} AccountState
 * @typedef {"unlinked" | "pending" | "active" | "attention"} PortalState
 * @typedef {"accepted" | "refused" | "locked" | "unknown" | "abandoned"} Outcome
 *
 * @typedef {object} Factor
 * @property {string} issuer
 * @property {string} name
 * @property {FactorType} type
 * @property {number} digits
 * @property {number} period
 * @property {Algorithm} algorithm
 *
 * @typedef {object} Account
 * @property {string} id
 * @property {string} portalId
 * @property {Factor} factor
 * @property {string} username
 * @property {AccountState} state
 * @property {number} createdAt
 * @property {number | null} activatedAt
 * @property {number | null} lastUsed
 * @property {string | null} replaces
 * @property {number | null} restorableUntil
 * @property {boolean} compared
 * @property {string | null} attention
 *
 * @typedef {object} PortalSettings
 * @property {boolean} autoFill
 * @property {boolean} autoSubmit
 * @property {boolean} rememberDevice
 * @property {boolean} chooseMethod
 *
 * @typedef {object} Portal
 * @property {string} id
 * @property {string} name
 * @property {string[]} origins
 * @property {PortalSettings} settings
 * @property {PortalState} state
 * @property {Account[]} accounts
 * @property {number} createdAt
 * @property {number | null} lastUsed
 * @property {Record<string, any>} taught
 *
 * @typedef {object} FoundCode
 * @property {string} kind
 * @property {[number, number][]} corners
 * @property {string} engine
 * @property {string | null} handle
 * @property {number | null} expiresAt
 * @property {Factor | null} factor
 * @property {string | null} problem
 * @property {string} detail
 * @property {string} mark the same for codes that hold the same thing
 *
 * @typedef {object} Choice
 * @property {string} accountId
 * @property {string} name
 * @property {string} issuer
 * @property {string} username
 *
 * @typedef {object} CodeResult
 * @property {"released" | "wait" | "choose"} status
 * @property {string | null} code
 * @property {string | null} releaseId
 * @property {string | null} portalId
 * @property {string | null} accountId
 * @property {boolean} pending
 * @property {number | null} validFrom
 * @property {number | null} validUntil
 * @property {number | null} until
 * @property {"dying" | "used" | null} reason
 * @property {Choice[]} choices
 * @property {PortalSettings | null} settings
 * @property {number} now
 */

/**
 * What content scripts say about a page (extension/content/).
 *
 * @typedef {object} Evidence
 * @property {string} sign
 * @property {number} weight
 * @property {string} detail
 *
 * @typedef {object} Prompt
 * @property {string} id
 * @property {string} kind
 * @property {number} score
 * @property {number | null} digits
 * @property {boolean} segmented
 * @property {boolean} userTyped
 * @property {Evidence[]} evidence
 *
 * @typedef {object} PageState
 * @property {Prompt | null} prompt
 * @property {boolean} password
 * @property {"refused" | "locked" | null} error
 * @property {string} errorText
 * @property {string} path
 * @property {boolean} loading the document is not complete yet: what is missing may still come
 *
 * @typedef {object} FillReport
 * @property {boolean} ok
 * @property {"value" | "paste" | "typing" | "none"} method
 * @property {string} readBack
 * @property {"clicked" | "self" | "none"} submitted
 * @property {string} why
 */

export {};
