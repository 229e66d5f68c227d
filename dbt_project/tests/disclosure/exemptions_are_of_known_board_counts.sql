-- A decision to show small counts can be had for a board_count only: any other class is not the board's to decide.
with
exemptions as (select * from {{ ref('stg_config__disclosure_exemption') }}),
indicators as (select * from {{ ref('own_indicators') }})

select exemptions.municipality_id, exemptions.indicator_id, indicators.disclosure_class
from exemptions
left join indicators on exemptions.indicator_id = indicators.indicator_id
where coalesce(indicators.disclosure_class, '') <> 'board_count'
