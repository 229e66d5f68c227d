{#- Made of the contracts' CITATION and the models' names; do not edit (genomlysning generate). -#}

{#-
    The sources whose rows the platform computes figures from, and how such figures are cited. Each has the model `int_<source>__value` (one
    row per figure: the key of an indicator mart, value, numerator, denominator, n, is_preliminary, lineage_id).
-#}
{% macro own_sources() -%}
    {{ return({
        'care': 'Egen bearbetning av data från verksamhetssystemet',
        'homecare_index': 'Källa: Hemtjänstindex',
        'hr': 'Egen bearbetning av data från HR-systemet',
        'kpb': 'Egen bearbetning av data från KPB (kostnad per brukare)',
        'ledger': 'Egen bearbetning av data från ekonomisystemet',
        'local_counts': 'Källa: egen räkning i förvaltningen',
        'region_report': 'Källa: regionens gemensamma nyckeltalsrapport',
        'support_need': 'Egen bearbetning av data från stödbehovsmätningen',
        'survey': 'Egen bearbetning av data från enkäter',
        'training': 'Egen bearbetning av data från utbildningsregistret',
        'work_environment': 'Egen bearbetning av data från arbetsmiljörapporteringen',
    }) }}
{%- endmacro %}

{#-
    Where the loads behind a lineage are told (lineage_id, load_id): by a model `int_<name>__figure_loads` of the sources whose figures
    rest on several periods or tables, and by that of the registers for all sources of which a figure rests on a year's delivery.
-#}
{% macro lineages() -%}
    {{ return(['care', 'hr', 'ledger', 'survey', 'training', 'work_environment', 'register']) }}
{%- endmacro %}

{#- The sources of the registers: delivered by the year, with no such model of their own. -#}
{% macro registers() -%}
    {{ return([
        'forecasts',
        'goals',
        'grants',
        'homecare_index',
        'internal_control',
        'investments',
        'kpb',
        'local_counts',
        'population',
        'providers',
        'region_report',
        'support_need',
    ]) }}
{%- endmacro %}
